import express, { type Request } from 'express';
import { expectTypeOf, it } from 'vitest';
import { etag, precondition } from './index.ts';

it('leaves the parameters of a route to its handler, and knows them where they are named', () => {
  const app = express();
  app.get('/notes/:id', etag(), etag({ current: (req) => ({ etag: `"${req.params.id}"` }) }), (req, res) => {
    expectTypeOf(req.params.id).toEqualTypeOf<string>();
    // @ts-expect-error: the route has no such parameter
    res.json(req.params.name.length);
  });
  app.put(
    '/notes/:id',
    precondition<{ id: string }>({
      current: async (req) => {
        expectTypeOf(req.params).toEqualTypeOf<{ id: string }>();
        return { etag: '"v1"' };
      },
    }),
    (req, res) => {
      expectTypeOf(req.params.id).toEqualTypeOf<string>();
      res.end();
    },
  );
});

it('fits everywhere a middleware does', () => {
  const current = (req: Request) => ({ lastModified: req.url.length });
  const app = express().use(etag()).use('/notes', etag({ current }), precondition({ current }));
  app.use([etag(), etag({ current })]);
  express.Router().get('/', etag({ current }));
  app.route('/notes/:id').get(etag({ current: (req) => ({ etag: `"${req.params.id}"` }) }));
});

it('takes no unquoted tag', () => {
  // @ts-expect-error: an entity tag stands in quotes
  etag({ current: () => ({ etag: 'v1' }) });
});
