import { Readable } from 'node:stream';
import { replace } from '@etag/concurrency';
import { etag, etagPlugin, expectation, precondition, respond, versionTag } from '@etag/fastify';
import compress from '@fastify/compress';
import cookie from '@fastify/cookie';
import cors from '@fastify/cors';
import formbody from '@fastify/formbody';
import helmet from '@fastify/helmet';
import multipart from '@fastify/multipart';
import rateLimit from '@fastify/rate-limit';
import sensible from '@fastify/sensible';
import session from '@fastify/session';
import serveStatic from '@fastify/static';
import Fastify, { type FastifyInstance, type FastifyPluginCallback } from 'fastify';
import { CONTENT, chunks, type Data, OWN_TAG, STATE, STATIC, type Wild } from './application.ts';

// biome-ignore lint/suspicious/noExplicitAny: each of them has options of its own
type Plugin = FastifyPluginCallback<any>;

type Plugins = Readonly<Record<string, readonly [plugin: unknown, options: object]>>;

/** The plugins of Fastify, and their options. */
export const plugins: Plugins = {
  '@fastify/sensible': [sensible, {}],
  '@fastify/helmet': [helmet, {}],
  '@fastify/cors': [cors, { origin: true, exposedHeaders: ['ETag'] }],
  '@fastify/rate-limit': [rateLimit, { max: 1000 }],
  '@fastify/compress': [compress, {}],
  '@fastify/cookie': [cookie, { secret: 'secret' }],
  '@fastify/session': [session, { secret: 's'.repeat(32), cookie: { secure: false } }],
  '@fastify/formbody': [formbody, {}],
  '@fastify/multipart': [multipart, {}],
  '@fastify/static': [serveStatic, { root: STATIC, prefix: '/static/' }],
};
const fields = ['x-frame-options', 'access-control-expose-headers', 'x-ratelimit-limit', 'set-cookie'];

/**
 * Registers plugins.
 *
 * @param register - of the app
 * @param chosen - the plugins, and their options
 */
export async function registerAll(
  register: (plugin: Plugin, options: object) => unknown,
  chosen: Plugins = plugins,
): Promise<void> {
  for (const [plugin, options] of Object.values(chosen)) await register(plugin as Plugin, options);
}

/** Fastify, with @etag/fastify. */
export const onFastify: Wild = {
  name: 'fastify',
  middlewares: Object.keys(plugins),
  fields,
  servesRanges: true,
  async boot(data, order) {
    const app = Fastify({ forceCloseConnections: true });
    if (order === 'before') await registerAll((plugin, options) => app.register(plugin, options));
    await app.register(etagPlugin);
    if (order === 'after') await registerAll((plugin, options) => app.register(plugin, options));
    mount(app, data);
    return { origin: await app.listen({ port: 0 }), close: () => app.close() };
  },
};

function mount(app: FastifyInstance, data: Data): void {
  const current = () => STATE;
  const stream = () => Readable.from(chunks(), { objectMode: false });
  app.get('/content', () => CONTENT);
  app.get('/own', (_, reply) => reply.header('ETag', OWN_TAG).send('own'));
  app.get('/early', { preHandler: etag({ current }) }, async () => {
    data.handled += 1;
    return CONTENT;
  });
  app.put('/early', { preHandler: precondition({ current, require: true }) }, (_, reply) => {
    data.handled += 1;
    return reply.code(204).send();
  });
  app.get('/stream', (_, reply) => reply.type('text/plain').send(stream()));
  app.get('/stream/own', (_, reply) => reply.type('text/plain').header('ETag', OWN_TAG).send(stream()));
  app.get('/note', async (_, reply) => {
    const note = await data.notes.get('1');
    return reply.header('ETag', versionTag(note?.version ?? '')).send(note?.value);
  });
  app.put('/note', async (request, reply) =>
    respond(reply, await replace(data.notes, '1', request.body, expectation(request, { require: true }))),
  );
}
