import type { IncomingMessage, ServerResponse } from 'node:http';
import { type ContentTagOptions, isRead } from '@etag/core';
import { intercepted } from './exchange.ts';
import { fail, goOn, type Next } from './next.ts';

/** Content first: the response is made, then saved from the wire. Streams pass as they come, untagged. */
export function finish(req: IncomingMessage, res: ServerResponse, next: Next, options: ContentTagOptions): unknown {
  if (isRead(req.method ?? '')) {
    intercepted(req, res).finish = { ...options, fail: (error) => fail(res, next, error) };
  }
  return goOn(res, next);
}
