import type { IncomingMessage, ServerResponse } from 'node:http';
import { isRead, type ReadOptions } from '@etag/core';
import { intercepted } from './exchange.ts';
import { fail, goOn, type Next } from './next.ts';

/** Content first: the response is made, then saved from the wire. Streams pass as they come, untagged. */
export function finish(req: IncomingMessage, res: ServerResponse, next: Next, options: ReadOptions): unknown {
  if (isRead(req.method ?? '')) {
    const exchange = intercepted(req, res);
    exchange.finish = { ...options, fail: (error) => fail(res, next, error) };
    exchange.hasState = false;
    exchange.onDecision ??= options.onDecision;
  }
  return goOn(res, next);
}
