import { json } from 'node:stream/consumers';
import { replace } from '@etag/concurrency';
import { versionTag } from '@etag/core';
import { etag, expectation, respond } from '@etag/koa';
import koaEtag from '@koa/etag';
import conditionalGet from 'koa-conditional-get';
import { Koa, type Middleware } from '../untyped.ts';
import { type Form, type Framework, guarded, listOf, type Note, noteOf, written } from './app.ts';

/** What a router would find in a path. */
function idOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

export const framework: Framework = {
  name: 'Koa',
  adapter: '@etag/koa',
  peer: 'koa-conditional-get + @koa/etag',
  serve(form: Form) {
    const app = new Koa();
    if (form === 'content') app.use(etag());
    if (form === 'current') app.use(etag({ current: (ctx) => ({ etag: versionTag(idOf(ctx.path)) }) }));
    if (form === 'middleware') app.use((_ctx, next) => next());
    if (form === 'by hand') {
      app.use((ctx, next) => {
        const tag = versionTag(idOf(ctx.path));
        ctx.set('ETag', tag);
        if (ctx.headers['if-none-match'] !== tag) return next();
        ctx.status = 304;
      });
    }
    if (form === 'peer') {
      app.use(conditionalGet() as Middleware);
      app.use(koaEtag() as Middleware);
    }
    if (form === 'blind write') {
      app.use(async (ctx) => {
        const note = (await json(ctx.req)) as Note;
        written.set(idOf(ctx.path), note);
        ctx.body = note;
      });
    }
    if (form === 'guarded write') {
      app.use(async (ctx) => {
        const expected = expectation(ctx, { require: true });
        respond(ctx, await replace(guarded, idOf(ctx.path), (await json(ctx.req)) as Note, expected));
      });
    }
    app.use((ctx) => {
      const id = idOf(ctx.path);
      ctx.body = ctx.path.startsWith('/notes/') ? noteOf(id) : listOf(id);
    });
    return app.callback();
  },
};
