import { existsSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isRead } from '@etag/core';
import files from '@fastify/static';
import fastify, { type FastifyReply, type FastifyRequest } from 'fastify';
import { representation, stateOf } from '../../src/fixture.ts';
import { rangeVectors, vectors } from '../../src/vectors.ts';
import { installed } from './answer.ts';

export const name = '@fastify/static';
export const version = installed('@fastify/static', 'fastify');
export const telling = ['if-range-date-second-later', 'peer-iso-date-guard', 'peer-no-cache-date'];
export const note =
  'it serves files, whose tags one cannot choose: asked only about dates, and about ranges, which it cuts itself';

/** What a file can be: absent, or there with a time of its own. */
const askable = [...vectors, ...rangeVectors].filter(({ method, state, ...vector }) => {
  const file = state === null || (state.etag === undefined && state.lastModified !== undefined && !state.milliseconds);
  return file && method !== 'QUERY' && isRead(method) && !('status' in vector);
});
export const only = new RegExp(`^(${askable.map(({ id }) => id).join('|')})$`);

/** Serves the states as files, on a free port. */
export async function start(): Promise<{ origin: string; close(): void }> {
  const root = mkdtempSync(join(tmpdir(), 'states-'));
  const app = fastify();
  await app.register(files, { root, etag: false, cacheControl: false, serve: false });
  app.get('/state', (request: FastifyRequest, reply: FastifyReply) => {
    const state = stateOf(request.url);
    if (state === null) return reply.sendFile('absent.txt');
    const { length = '16' } = request.query as { length?: string };
    const modified = Number(state.lastModified ?? 0) / 1000;
    const file = `${length}-${modified}.txt`;
    if (!existsSync(join(root, file))) {
      writeFileSync(join(root, file), representation(Number(length)));
      utimesSync(join(root, file), modified, modified);
    }
    return reply.sendFile(file);
  });
  await app.listen({ port: 0 });
  return {
    origin: `http://localhost:${(app.server.address() as AddressInfo).port}`,
    close() {
      void app.close();
      rmSync(root, { recursive: true });
    },
  };
}
