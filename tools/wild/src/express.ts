import { pipeline, Readable } from 'node:stream';
import { replace } from '@etag/concurrency';
import { errors, etag, expectation, precondition, respond, versionTag } from '@etag/express';
import compression from 'compression';
import timeout from 'connect-timeout';
import cookieParser from 'cookie-parser';
// @ts-expect-error: it brings no types
import cors from 'cors';
import express5, { type Express, type Request, type RequestHandler, type Response } from 'express';
import { rateLimit } from 'express-rate-limit';
import session from 'express-session';
// @ts-expect-error: it brings no types
import express4 from 'express4';
import helmet from 'helmet';
import morgan from 'morgan';
import { CONTENT, chunks, type Data, OWN_TAG, STATE, STATIC, type Wild } from './application.ts';
import { serveHandler } from './listen.ts';

type Framework = typeof express5;

const middlewaresOf = (express: Framework): Record<string, () => RequestHandler> => ({
  'connect-timeout': () => timeout('5s'),
  morgan: () => morgan('combined', { stream: { write: () => {} } }),
  helmet: () => helmet(),
  cors: () => cors({ origin: true, exposedHeaders: ['ETag'] }),
  'express-rate-limit': () => rateLimit({ limit: 1000, standardHeaders: true, legacyHeaders: false }),
  compression: () => compression(),
  'cookie-parser': () => cookieParser('secret'),
  'express-session': () => session({ secret: 'secret', resave: false, saveUninitialized: true }),
  'express.json': () => express.json(),
  'express.static': () => express.Router().use('/static', express.static(STATIC)),
});

const expressOf = (name: string, express: Framework): Wild => ({
  name,
  middlewares: Object.keys(middlewaresOf(express)),
  fields: ['x-frame-options', 'access-control-expose-headers', 'ratelimit-limit', 'set-cookie'],
  servesRanges: true,
  boot(data, order) {
    const app = express();
    app.set('env', 'test');
    const all = Object.values(middlewaresOf(express)).map((make) => make());
    if (order === 'before') for (const middleware of all) app.use(middleware);
    app.use(etag());
    if (order === 'after') for (const middleware of all) app.use(middleware);
    mount(app, data);
    app.use(errors());
    return serveHandler(app);
  },
});

/** Express 5 and Express 4, with @etag/express. */
export const onExpress5 = expressOf('express 5', express5);
export const onExpress4 = expressOf('express 4', express4 as unknown as Framework);

function mount(app: Express, data: Data): void {
  const current = () => STATE;
  app.get('/content', (_, res) => void res.json(CONTENT));
  app.get('/own', (_, res) => void res.set('ETag', OWN_TAG).send('own'));
  app.get('/early', etag({ current }), (_, res) => {
    data.handled += 1;
    res.json(CONTENT);
  });
  app.put('/early', precondition({ current, require: true }), (_, res) => {
    data.handled += 1;
    res.status(204).end();
  });
  app.get('/stream', (_, res) => stream(res));
  app.get('/stream/own', (_, res) => stream(res.set('ETag', OWN_TAG)));
  app.get(
    '/note',
    caught(async (_, res) => {
      const note = await data.notes.get('1');
      res.set('ETag', versionTag(note?.version ?? '')).json(note?.value);
    }),
  );
  app.put(
    '/note',
    caught(async (req, res) =>
      respond(res, await replace(data.notes, '1', req.body, expectation(req, { require: true }))),
    ),
  );
}

/** Express 4 knows no promises. */
function caught(handler: (req: Request, res: Response) => Promise<unknown>): RequestHandler {
  return (req, res, next) => void handler(req, res).catch(next);
}

function stream(res: Response): void {
  pipeline(Readable.from(chunks(), { objectMode: false }), res.type('text/plain'), () => {});
}
