import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, describe } from 'vitest';
import { type Database, SQLITE, testCounted, testShapes } from '../../test/shapes.ts';
import { sqliteStore } from './index.ts';
import { isBusy } from './transaction.ts';

const folder = mkdtempSync(join(tmpdir(), 'shapes-'));
const path = join(folder, 'application.db');
const db = new DatabaseSync(path);
const orm = new DatabaseSync(path);
for (const each of [db, orm]) each.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF; PRAGMA busy_timeout = 0');
afterAll(() => {
  db.close();
  orm.close();
  rmSync(folder, { recursive: true });
});

const open = async (): Promise<Database> => ({
  ...SQLITE,
  script: async (sql) => db.exec(sql),
  rows: async (sql) => db.prepare(sql).all(),
  storeOf: (options) => sqliteStore(db, options),
  async change(sql) {
    for (;;) {
      try {
        await wait(0);
        return Number(orm.prepare(sql).run().changes);
      } catch (error) {
        if (!isBusy(error)) throw error;
      }
    }
  },
});

testShapes(open);
describe('the contract', () => testCounted(open));
