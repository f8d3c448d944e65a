import type { IncomingMessage, ServerResponse } from 'node:http';
import { isEtagError } from '@etag/core';
import { refuse } from './refuse.ts';

/**
 * Makes an error middleware, mounted after the routes: sends a 412 or a 428 that a handler threw as problem details, and
 * passes all other errors on.
 *
 * @returns the middleware
 * @see RFC 9457
 */
export function errors() {
  return (error: unknown, _req: IncomingMessage, res: ServerResponse, next: (error: unknown) => void): void => {
    if (!isEtagError(error) || res.headersSent) next(error);
    else res.end(refuse(res, error));
  };
}
