import { versionTag } from '@etag/core';
import { etag } from '@etag/express';
import { express } from '../untyped.ts';
import { type Form, type Framework, listOf, noteOf } from './app.ts';

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
    app.get('/notes/:id', (req, res) => void res.type('text').send(noteOf((req.params as { id: string }).id)));
    app.get('/lists/:id', (req, res) => void res.json(listOf((req.params as { id: string }).id)));
    return app;
  },
};
