import { Hono } from 'hono';
import { expectTypeOf, it } from 'vitest';
import { etag, precondition } from './index.ts';

interface AppEnv {
  Bindings: { DATABASE: string };
  Variables: { user: { id: number } };
}

it('fits an app of any environment, and knows it where it is named', () => {
  const app = new Hono<AppEnv>();
  app.use(etag(), etag<AppEnv>({ current: (c) => ({ lastModified: c.var.user.id }) }));
  app.put(
    '/notes/:id',
    precondition<AppEnv>({
      current: (c) => {
        expectTypeOf(c.env.DATABASE).toEqualTypeOf<string>();
        expectTypeOf(c.req.param('id')).toEqualTypeOf<string>();
        return { etag: '"v1"' };
      },
    }),
    (c) => {
      expectTypeOf(c.env.DATABASE).toEqualTypeOf<string>();
      expectTypeOf(c.req.param('id')).toEqualTypeOf<string>();
      return c.body(null, 204);
    },
  );
});

it('takes no unquoted tag', () => {
  // @ts-expect-error: an entity tag stands in quotes
  etag({ current: () => ({ etag: 'v1' }) });
});
