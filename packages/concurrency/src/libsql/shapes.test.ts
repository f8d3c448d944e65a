import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '@libsql/client';
import { afterAll, describe } from 'vitest';
import { type Database, SQLITE, testCounted, testShapes } from '../../test/shapes.ts';
import { libsqlStore } from './index.ts';

const folder = mkdtempSync(join(tmpdir(), 'shapes-'));
const client = createClient({ url: `file:${join(folder, 'application.db')}` });
afterAll(() => {
  client.close();
  rmSync(folder, { recursive: true });
});

const open = async (): Promise<Database> => ({
  ...SQLITE,
  script: (sql) => client.executeMultiple(sql),
  rows: async (sql) => (await client.execute(sql)).rows.map((row) => ({ ...row })),
  storeOf: (options) => libsqlStore(client, options),
  change: async (sql) => (await client.execute(sql)).rowsAffected,
});

testShapes(open);
describe('the contract', () => testCounted(open));
