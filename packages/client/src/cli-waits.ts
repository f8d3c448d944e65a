import { createHmac } from 'node:crypto';
import { askedToWait } from './asked-to-wait.ts';
import type { SqliteDatabase } from './sqlite.ts';

/** The longest that a server is left alone, whatever it asks for, in ms. */
const LONGEST_MS = 86_400_000;

/** How long servers asked to wait, in a registry: over restarts as well. */
export class Waits {
  readonly #db: SqliteDatabase;
  readonly #identity: string;

  /**
   * @param key - what credentials are named with
   * @param headers - what is sent with each request: who asks with other credentials need not wait
   */
  constructor(db: SqliteDatabase, key: string | undefined, headers: Headers) {
    db.exec('CREATE TABLE IF NOT EXISTS waits (what TEXT PRIMARY KEY, until INTEGER NOT NULL) WITHOUT ROWID');
    orNothing(() => db.prepare('DELETE FROM waits WHERE until < ?').run(Date.now()));
    this.#db = db;
    this.#identity = createHmac('sha256', key ?? '')
      .update(JSON.stringify([...headers]))
      .digest('base64url');
  }

  /** How long is left to wait for a URL, in ms; 0 where it may be asked. */
  left(url: string): number {
    const sql = 'SELECT max(until) AS until FROM waits WHERE what IN (?, ?)';
    const row = orNothing(() => this.#db.prepare(sql).get(this.#name(url), this.#name(originOf(url))));
    const { until } = Object(row) as { until?: number | null };
    return Math.max(0, (until ?? 0) - Date.now());
  }

  /** Takes note of what a response asks for: of its URL, or of all its origin where too much was asked of that. */
  remember(url: string, { status, headers }: Response): void {
    const ms = Math.min(askedToWait(headers), LONGEST_MS);
    if (ms <= 0) return;
    const isOfAll = [403, 429, 503].includes(status) || !headers.has('x-poll-interval');
    const what = this.#name(isOfAll ? originOf(url) : url);
    const sql = 'INSERT OR REPLACE INTO waits (what, until) VALUES (?, ?)';
    orNothing(() => this.#db.prepare(sql).run(what, Date.now() + ms));
  }

  #name(what: string): string {
    return `${this.#identity} ${what}`;
  }
}

/** A registry that is locked by another run, or full, stops no read. */
function orNothing<T>(run: () => T): T | undefined {
  try {
    return run();
  } catch {
    return undefined;
  }
}

function originOf(url: string): string {
  return URL.canParse(url) ? new URL(url).origin : url;
}
