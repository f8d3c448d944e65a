import { outcome } from '@etag/core';
import Koa from 'koa';
import { expectTypeOf, it } from 'vitest';
import { etag, expectation, precondition, respond } from './index.ts';

interface AppState {
  user: { id: number };
}

interface AppContext {
  params: { id: string };
}

it('fits an app of any state and context, and knows them where they are named', () => {
  const app = new Koa<AppState, AppContext>();
  app.use(etag());
  app.use(
    etag<AppState, AppContext>({
      current: (ctx) => {
        expectTypeOf(ctx.state.user.id).toEqualTypeOf<number>();
        expectTypeOf(ctx.params.id).toEqualTypeOf<string>();
        return { lastModified: ctx.state.user.id };
      },
    }),
  );
  app.use(
    precondition<AppState, AppContext>({
      current: async (ctx) => {
        expectTypeOf(ctx.params.id).toEqualTypeOf<string>();
        return { etag: '"v1"' };
      },
    }),
  );
  app.use((ctx) => {
    expectTypeOf(ctx.state.user.id).toEqualTypeOf<number>();
    respond(ctx, outcome({ kind: 'contended' }));
    expectation(ctx);
  });
});

it('fits an app that says nothing of itself, and stays one', () => {
  const app: Koa = new Koa().use(etag()).use(etag({ current: ({ params }) => ({ lastModified: params.modified }) }));
  expectTypeOf(app).toEqualTypeOf<Koa>();
});

it('takes no unquoted tag', () => {
  // @ts-expect-error: an entity tag stands in quotes
  etag({ current: () => ({ etag: 'v1' }) });
});
