import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { any } from '@etag/core';
import { expect, test } from 'vitest';
import { incrementInProcesses, TOTAL } from '../test/increments.ts';
import { sqliteStore } from './sqlite/index.ts';

test.each(['WAL', 'DELETE'])(
  '2 processes of 16 writers lose none of 1,280 increments (journal_mode %s)',
  async (mode) => {
    const folder = mkdtempSync(join(tmpdir(), 'concurrency-'));
    const path = join(folder, 'counters.db');
    const db = new DatabaseSync(path);
    db.exec(`PRAGMA journal_mode = ${mode}`);
    const store = sqliteStore<number>(db, { table: 'counters' });
    await store.put('total', 0, any);
    await incrementInProcesses('sqlite', path);
    expect(await store.get('total')).toMatchObject({ value: TOTAL });
    db.close();
    rmSync(folder, { recursive: true });
  },
);
