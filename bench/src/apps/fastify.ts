import { versionTag } from '@etag/core';
import { etag, etagPlugin } from '@etag/fastify';
import fastifyEtag from '@fastify/etag';
import Fastify from 'fastify';
import { type Form, type Framework, listOf, noteOf } from './app.ts';

type Route = { Params: { id: string } };

export const framework: Framework = {
  name: 'Fastify',
  adapter: '@etag/fastify',
  peer: '@fastify/etag',
  async serve(form: Form) {
    const app = Fastify();
    if (form === 'content') await app.register(etagPlugin);
    if (form === 'peer') await app.register(fastifyEtag);
    const preHandler =
      form === 'current' ? [etag<Route>({ current: ({ params }) => ({ etag: versionTag(params.id) }) })] : [];
    app.get<Route>('/notes/:id', { preHandler }, async (request) => noteOf(request.params.id));
    app.get<Route>('/lists/:id', { preHandler }, async (request) => listOf(request.params.id));
    await app.ready();
    return app.routing;
  },
};
