import { outcome } from '@etag/core';
import Fastify, { type FastifyBaseLogger, type FastifyInstance, type FastifyTypeProvider } from 'fastify';
import { expectTypeOf, it } from 'vitest';
import plugin, { etag, etagPlugin, expectation, precondition, respond } from './index.ts';

interface NoteRoute {
  Params: { id: string };
  Body: { text: string };
  Reply: { text: string };
}

type OwnLogger = FastifyBaseLogger & { own: number };

/** A provider that takes what a schema is of for what it describes. */
interface Provider extends FastifyTypeProvider {
  validator: this['schema'] extends { of: infer T } ? T : unknown;
}

it('knows the request of its route', () => {
  const app = Fastify();
  app.register(etagPlugin, { weak: true });
  app.get<NoteRoute>(
    '/notes/:id',
    {
      preHandler: etag({
        current: (request) => {
          expectTypeOf(request.params).toEqualTypeOf<{ id: string }>();
          return { etag: '"v1"' };
        },
      }),
    },
    async () => ({ text: '' }),
  );
  app.put<NoteRoute>(
    '/notes/:id',
    {
      preHandler: [
        async () => {},
        precondition({
          current: async (request) => {
            expectTypeOf(request.params).toEqualTypeOf<{ id: string }>();
            expectTypeOf(request.body).toEqualTypeOf<{ text: string }>();
            return null;
          },
          require: true,
        }),
      ],
    },
    async (request, reply) => {
      expectation(request, { require: true });
      return respond(reply, outcome({ kind: 'deleted' }));
    },
  );
  app.route<NoteRoute>({
    method: 'DELETE',
    url: '/notes/:id',
    preHandler: precondition({ current: ({ params }) => ({ etag: `"${params.id}"` }) }),
    handler: (_request, reply) => void respond(reply, outcome({ kind: 'deleted' })),
  });
});

it('stands apart from a route, with its request named', () => {
  const preHandler = etag<{ Params: { id: string } }>({
    current: ({ params }) => {
      expectTypeOf(params.id).toEqualTypeOf<string>();
      return null;
    },
  });
  const app = Fastify();
  app.get<{ Params: { id: string } }>('/:id', { preHandler }, async () => '');
  app.get('/notes/:id', { preHandler }, async () => '');
  // @ts-expect-error: a route of other parameters
  app.get<{ Params: { name: string } }>('/names/:name', { preHandler }, async () => '');
  app.get('/', { preHandler: etag({ current: ({ url }) => ({ lastModified: url.length }) }) }, async () => '');
});

it('fits an instance of any server, logger and type provider', () => {
  const http2 = Fastify({ http2: true });
  http2.register(plugin);
  http2.get('/', { preHandler: etag({ current: ({ headers }) => (headers.a ? null : {}) }) }, async () => '');
  const logging = Fastify({ loggerInstance: Object.assign(Object.create(Fastify().log), { own: 1 }) as OwnLogger });
  logging.register(etagPlugin);
  logging.put('/', { preHandler: precondition({ current: () => null }) }, (_, reply) =>
    respond(reply, outcome({ kind: 'missing' })),
  );
  const typed = Fastify()
    .withTypeProvider<Provider>()
    .setValidatorCompiler(() => () => true);
  const schema = { params: { of: { id: 7 } } } as const;
  typed.get('/:id', { schema, preHandler: etag({ current: () => null }) }, async ({ params }) => {
    expectTypeOf(params.id).toEqualTypeOf<7>();
  });
  expectTypeOf(Fastify().register(etagPlugin)).toExtend<FastifyInstance>();
});

it('takes no unquoted tag', () => {
  // @ts-expect-error: an entity tag stands in quotes
  etag({ current: () => ({ etag: 'v1' }) });
});
