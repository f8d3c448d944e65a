import { replace } from '@etag/concurrency';
import { versionTag } from '@etag/core';
import { etag, etagPlugin, expectation, respond } from '@etag/fastify';
import fastifyEtag from '@fastify/etag';
import Fastify, {
  type preHandlerHookHandler,
  type RawReplyDefaultExpression,
  type RawRequestDefaultExpression,
  type RawServerDefault,
} from 'fastify';
import { type Form, type Framework, guarded, listOf, type Note, noteOf, written } from './app.ts';

type Route = { Params: { id: string } };
type Hook = preHandlerHookHandler<RawServerDefault, RawRequestDefaultExpression, RawReplyDefaultExpression, Route>;

function preHandlers(form: Form): Hook[] {
  if (form === 'current') return [etag<Route>({ current: ({ params }) => ({ etag: versionTag(params.id) }) })];
  if (form === 'middleware') return [(_request, _reply, done) => done()];
  if (form !== 'by hand') return [];
  return [
    (request, reply, done) => {
      const tag = versionTag(request.params.id);
      reply.header('etag', tag);
      if (request.headers['if-none-match'] === tag) reply.code(304).send();
      else done();
    },
  ];
}

export const framework: Framework = {
  name: 'Fastify',
  adapter: '@etag/fastify',
  peer: '@fastify/etag',
  async serve(form: Form) {
    const app = Fastify();
    if (form === 'content') await app.register(etagPlugin);
    if (form === 'peer') await app.register(fastifyEtag);
    const preHandler = preHandlers(form);
    if (form === 'blind write') {
      app.put<Route & { Body: Note }>('/notes/:id', async (request) => {
        written.set(request.params.id, request.body);
        return request.body;
      });
    }
    if (form === 'guarded write') {
      app.put<Route & { Body: Note }>('/notes/:id', async (request, reply) => {
        const expected = expectation(request, { require: true });
        return respond(reply, await replace(guarded, request.params.id, request.body, expected));
      });
    }
    app.get<Route>('/notes/:id', { preHandler }, async (request) => noteOf(request.params.id));
    app.get<Route>('/lists/:id', { preHandler }, async (request) => listOf(request.params.id));
    await app.ready();
    return app.routing;
  },
};
