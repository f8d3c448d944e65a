import { replace } from '@etag/concurrency';
import { versionTag } from '@etag/core';
import { etag, expectation, respond } from '@etag/hono';
import { getRequestListener } from '@hono/node-server';
import { Hono } from 'hono';
import { etag as honoEtag } from 'hono/etag';
import { type Form, type Framework, guarded, listOf, type Note, noteOf, written } from './app.ts';

export function application(form: Form): Hono {
  const app = new Hono();
  if (form === 'content') app.use(etag());
  if (form === 'current') app.use('/:kind/:id', etag({ current: (c) => ({ etag: versionTag(c.req.param('id')) }) }));
  if (form === 'middleware') app.use((_c, next) => next());
  if (form === 'by hand') {
    app.use('/:kind/:id', (c, next) => {
      const tag = versionTag(c.req.param('id'));
      if (c.req.header('if-none-match') === tag) return Promise.resolve(c.body(null, 304, { etag: tag }));
      c.header('etag', tag);
      return next();
    });
  }
  if (form === 'peer') app.use(honoEtag());
  if (form === 'blind write') {
    app.put('/notes/:id', async (c) => {
      const note = await c.req.json<Note>();
      written.set(c.req.param('id'), note);
      return c.json(note);
    });
  }
  if (form === 'guarded write') {
    app.put('/notes/:id', async (c) => {
      const expected = expectation(c, { require: true });
      return respond(c, await replace(guarded, c.req.param('id'), await c.req.json<Note>(), expected));
    });
  }
  app.get('/notes/:id', (c) => c.text(noteOf(c.req.param('id'))));
  app.get('/lists/:id', (c) => c.json(listOf(c.req.param('id'))));
  return app;
}

export const framework: Framework = {
  name: 'Hono',
  adapter: '@etag/hono',
  peer: 'hono/etag',
  serve: (form) => getRequestListener(application(form).fetch),
};
