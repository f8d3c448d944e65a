import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { any, replace } from '@etag/concurrency';
import { memoryStore } from '@etag/concurrency/memory';
import { type EntityTag, etag, expectation, respond, versionTag } from '@etag/hono';
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { compress } from 'hono/compress';

/** What is written and read. */
export interface Note {
  text: string;
  by: string;
}

/** What an application does about compression. */
export interface Settings {
  /** Whether it compresses by itself, from 1 kB. @default false */
  readonly compresses?: boolean;
  /** Whether a tag that a proxy weakened guards a write. @default false */
  readonly acceptWeakened?: boolean;
  /** Of its note, in bytes, more or less. @default 3600 */
  readonly size?: number;
}

/** An application that runs: one note, at `/note`. */
export interface Application {
  readonly port: number;
  /** Writes past all HTTP, as another user's request would. */
  save(by: string): Promise<void>;
  /** Who wrote last, and the tag of that version. */
  state(): Promise<{ by: string; tag: EntityTag }>;
  close(): Promise<void>;
}

const KEY = 'note';
const JSON_CONTENT = { 'Content-Type': 'application/json' };

/** Starts an application as the documentation of @etag/hono has it. */
export async function startApplication({ compresses, acceptWeakened, size = 3600 }: Settings): Promise<Application> {
  const notes = memoryStore<Note>();
  const noteBy = (by: string): Note => ({ text: 'hello '.repeat(size / 6), by });
  await notes.put(KEY, noteBy('nobody'), any);

  const app = new Hono();
  app.use(etag());
  if (compresses) app.use(compress());
  app.get('/note', etag({ current: () => notes.state(KEY) }), async (c) => {
    const content = JSON.stringify((await notes.get(KEY))?.value);
    // It says how long it is, as in Express and Fastify: with that, compress() leaves what is shorter than 1 kB.
    const length = `${Buffer.byteLength(content)}`;
    // no-cache: a cache on the way asks each time.
    return c.body(content, 200, { ...JSON_CONTENT, 'Content-Length': length, 'Cache-Control': 'no-cache' });
  });
  app.put('/note', async (c) => {
    const expected = expectation(c, { require: true, acceptWeakened });
    return respond(c, await replace(notes, KEY, await c.req.json<Note>(), expected));
  });

  const server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }) as Server;
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    async save(by) {
      await notes.put(KEY, noteBy(by), any);
    },
    async state() {
      const stored = await notes.get(KEY);
      if (!stored) throw new Error('The note is gone');
      return { by: stored.value.by, tag: versionTag(stored.version) };
    },
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
