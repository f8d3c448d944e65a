import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openKv } from '@deno/kv';
import { denoKvStore } from '@etag/concurrency/deno-kv';
import type { Engine } from '../engine.ts';

export const engine: Engine = {
  async start() {
    const folder = await mkdtemp(join(tmpdir(), 'etag-deno-kv-'));
    return {
      url: join(folder, 'proof.sqlite'),
      version: 'Deno KV in a file, @deno/kv 0.14',
      // There is no server; its clients are killed.
      faults: [],
      stop: () => rm(folder, { recursive: true }),
    };
  },
  async open(path) {
    const kv = await openKv(path);
    return {
      store: denoKvStore<unknown>(kv, { prefix: ['proof'] }),
      overwrite: (key, json) => kv.set(['proof', key], JSON.parse(json)),
      close: () => kv.close(),
    };
  },
};
