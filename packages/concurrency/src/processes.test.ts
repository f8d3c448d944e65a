import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { any } from './expectation.js';
import { sqliteStore } from './sqlite.js';

const run = promisify(execFile);
const script = (name: string) => fileURLToPath(new URL(`../test/${name}`, import.meta.url));

test.each(['WAL', 'DELETE'])(
  '2 processes of 16 writers lose none of 1,280 increments (journal_mode %s)',
  async (mode) => {
    const folder = mkdtempSync(join(tmpdir(), 'concurrency-'));
    const path = join(folder, 'counters.db');
    const db = new DatabaseSync(path);
    db.exec(`PRAGMA journal_mode = ${mode}`);
    const store = sqliteStore<number>(db, { table: 'counters' });
    await store.put('total', 0, any);
    const writers = ['--import', script('../../sources.mjs'), script('increments.ts'), path, '16', '40'];
    await Promise.all([run(process.execPath, writers), run(process.execPath, writers)]);
    expect(await store.get('total')).toMatchObject({ value: 1280 });
    db.close();
    rmSync(folder, { recursive: true });
  },
);
