import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '@libsql/client';
import { afterAll } from 'vitest';
import { SQLITE, testShapes } from '../../test/shapes.ts';
import { libsqlStore } from './index.ts';

const folder = mkdtempSync(join(tmpdir(), 'shapes-'));
const client = createClient({ url: `file:${join(folder, 'application.db')}`, intMode: 'bigint' });
afterAll(() => {
  client.close();
  rmSync(folder, { recursive: true });
});

/** Rows as an application would read them. */
const plain = (row: object) =>
  Object.fromEntries(Object.entries(row).map(([name, cell]) => [name, typeof cell === 'bigint' ? Number(cell) : cell]));

testShapes(async () => ({
  ...SQLITE,
  script: (sql) => client.executeMultiple(sql),
  rows: async (sql) => (await client.execute(sql)).rows.map(plain),
  storeOf: (options) => libsqlStore(client, options),
  change: async (sql) => (await client.execute(sql)).rowsAffected,
}));
