import { json } from 'node:stream/consumers';
import { replace } from '@etag/concurrency';
import { versionTag } from '@etag/core';
import { etag, expectation, respond } from '@etag/express';
import { express } from '../untyped.ts';
import { type Form, type Framework, guarded, listOf, type Note, noteOf, written } from './app.ts';

export const framework: Framework = {
  name: 'Express',
  adapter: '@etag/express',
  peer: "Express's own",
  serve(form: Form) {
    const app = express();
    if (form !== 'peer') app.disable('etag');
    if (form === 'content') app.use(etag());
    if (form === 'current') app.get('/:kind/:id', etag({ current: (req) => ({ etag: versionTag(req.params.id) }) }));
    if (form === 'middleware') app.use((_req, _res, next) => next());
    if (form === 'by hand') {
      app.get('/:kind/:id', (req, res, next) => {
        const tag = versionTag((req.params as { id: string }).id);
        res.setHeader('ETag', tag);
        if (req.headers['if-none-match'] !== tag) return next();
        res.statusCode = 304;
        res.end();
      });
    }
    if (form === 'blind write') {
      app.put('/notes/:id', async (req, res) => {
        const note = (await json(req)) as Note;
        written.set((req.params as { id: string }).id, note);
        res.json(note);
      });
    }
    if (form === 'guarded write') {
      app.put('/notes/:id', async (req, res) => {
        const expected = expectation(req, { require: true });
        const { id } = req.params as { id: string };
        respond(res, await replace(guarded, id, (await json(req)) as Note, expected));
      });
    }
    app.get('/notes/:id', (req, res) => void res.type('text').send(noteOf((req.params as { id: string }).id)));
    app.get('/lists/:id', (req, res) => void res.json(listOf((req.params as { id: string }).id)));
    return app;
  },
};
