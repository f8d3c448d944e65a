import { fileURLToPath } from 'node:url';
import { type Outcome, outcome, type VersionedStore, versionedStore } from '@etag/concurrency';
import { build } from 'esbuild';
import { Miniflare } from 'miniflare';
import type { Call } from './in-worker.ts';

/** workerd, with a Worker of this folder. */
export interface Workerd {
  /** Where the Worker listens. */
  readonly url: string;
  readonly port: number;
  readonly miniflare: Miniflare;
  stop(): Promise<void>;
}

/** What a Worker of this folder is bound to. */
const BINDINGS = {
  'worker.ts': { r2Buckets: ['BUCKET'] },
  'durable-object.ts': { durableObjects: { NOTES: { className: 'Notes', useSQLite: true } } },
};

/** Starts workerd on a free port of loopback; with R2, where no other Worker is named. */
export async function startWorkerd(worker: keyof typeof BINDINGS = 'worker.ts'): Promise<Workerd> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(worker, import.meta.url))],
    bundle: true,
    format: 'esm',
    external: ['node:*'],
    write: false,
  });
  const miniflare = new Miniflare({
    modules: true,
    script: outputFiles[0]?.text ?? '',
    compatibilityDate: '2026-01-01',
    compatibilityFlags: ['nodejs_compat'],
    ...BINDINGS[worker],
    host: '127.0.0.1',
    port: 0,
  });
  const { port } = await miniflare.ready;
  return {
    url: `http://127.0.0.1:${port}`,
    port: Number(port),
    miniflare,
    stop: () => miniflare.dispose(),
  };
}

/** The store that runs in the Worker, for a process outside. */
export function storeInWorker<T>(url: string): VersionedStore<string, T> {
  async function call<R>(body: Call): Promise<R> {
    // workerd closes a connection that was idle for five seconds, now and then at the moment of a request.
    const headers = { connection: 'close' };
    const response = await fetch(`${url}/call`, { method: 'POST', headers, body: JSON.stringify(body) });
    if (!response.ok) throw new Error(await response.text());
    return (await response.json()) as R;
  }
  return versionedStore<string, T>({
    get: (key) => call({ method: 'get', key }),
    version: (key) => call({ method: 'get', key }),
    put: async (key, value, expectation) =>
      outcome(await call<Outcome<T>>({ method: 'put', key, value, expectation })) as never,
    delete: async (key, expectation) =>
      outcome(await call<Outcome<T>>({ method: 'delete', key, expectation })) as never,
  });
}
