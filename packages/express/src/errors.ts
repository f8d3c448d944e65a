import { type EtagError, isEtagError, staysOnNotModified } from '@etag/core';
import type { ErrorRequestHandler, Response } from 'express';

/**
 * Error middleware, mounted after the routes: sends a 412 or a 428 as problem details and passes all other errors on.
 * Without it, Express's own handler sends the same status and ETag with a page of HTML.
 *
 * @see RFC 9457
 * @example
 * app.use(errors());
 */
export function errors(): ErrorRequestHandler {
  return (error, _req, res, next) => {
    if (!isEtagError(error) || res.headersSent) return next(error);
    res.end(refuse(res, error));
  };
}

/**
 * Makes a response the refusal that an error carries.
 *
 * @returns its content
 */
export function refuse(res: Response, error: EtagError): Buffer {
  // What is said of the representation is not said of the refusal.
  const others = ['cache-control', 'etag', 'expires', 'last-modified'];
  for (const name of res.getHeaderNames()) {
    if (!staysOnNotModified(name) || others.includes(name)) res.removeHeader(name);
  }
  // Bytes: together with a string, Node writes the head as UTF-8, and a tag may have other characters than ASCII.
  const content = Buffer.from(JSON.stringify(error.body));
  res.status(error.status).setHeader('Content-Length', content.length);
  for (const [name, value] of Object.entries(error.headers)) res.setHeader(name, value);
  return content;
}
