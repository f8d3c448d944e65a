import { client } from './client.ts';
import { concurrency } from './concurrency.ts';
import { core } from './core.ts';
import { throughFetch, throughHono } from './handlers.ts';
import type { Results } from './results.ts';
import { tags } from './tags.ts';

/** What a runtime made of the suite. */
export interface Report {
  /** By package: `core`, `fetch` … */
  readonly results: Record<string, Results>;
  readonly tags: Record<string, string | null>;
}

/**
 * Runs the suite. Nothing here is particular to a runtime.
 *
 * @param origin - of the server that the client talks to
 */
export async function runSuite(origin: string): Promise<Report> {
  return {
    results: {
      core: await core(),
      fetch: await throughFetch(),
      hono: await throughHono(),
      concurrency: await concurrency(),
      client: await client(origin),
    },
    tags: await tags(),
  };
}
