import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { sqliteStore } from '@etag/concurrency/sqlite';
import type { Engine } from '../engine.ts';

export const engine: Engine = {
  async start() {
    const folder = await mkdtemp(join(tmpdir(), 'etag-sqlite-'));
    return {
      url: join(folder, 'proof.sqlite'),
      version: `SQLite ${process.versions.sqlite}, node:sqlite, WAL, synchronous NORMAL`,
      // There is no server; its clients are killed.
      faults: [],
      stop: () => rm(folder, { recursive: true }),
    };
  },
  async open(path) {
    const db = new DatabaseSync(path, { timeout: 5000 });
    // A crash of a process is survived without waiting for the disk; only a power cut is not.
    db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL');
    const store = sqliteStore<unknown>(db, { table: 'proof' });
    const update = db.prepare('UPDATE proof SET value = ? WHERE key = ?');
    return { store, overwrite: async (key, json) => update.run(json, key), close: () => db.close() };
  },
};
