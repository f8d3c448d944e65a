import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import compression from 'compression';
import connect from 'connect';
// @ts-expect-error: it brings no types
import polka from 'polka';
import { errors, etag } from '../src/index.ts';

type Handler = (req: IncomingMessage, res: ServerResponse) => void;

/** Servers of frameworks that hand on the request and the response of Node, with compression inside of `etag()`. */
export const frameworks: Record<string, (handler: Handler) => Server> = {
  connect(handler) {
    const app = connect();
    app.use(etag());
    app.use(compression() as unknown as connect.NextHandleFunction);
    app.use(handler);
    app.use(errors());
    return createServer(app);
  },
  polka: (handler) => createServer(polka({ onError: errors() }).use(etag(), compression(), handler).handler),
};
