import { hasPreconditions, type ReadOptions } from '@etag/core';
import { type Exchange, intercepted, type Replacement } from '@etag/node';
import type { NextFunction, Response } from 'express';
import { type AnyRequest, routeOf } from './circumstances.ts';
import { intercepting } from './methods.ts';

/** What stands in ETag to keep Express from making a tag of its own. It is not a tag, so it never leaves. */
const UNTAGGED = '(untagged)';

const intercept = intercepting((found, res, args, send) => {
  const [body] = args;
  if (found.isPending) return res;
  // Where there was no state to be found, no tag of Express takes its place.
  if (found.hasState && !res.getHeader('ETag')) keepUntagged(found, res);
  // Express renders anything else, and sends it again as text.
  if (!found.finish || !isContent(body)) return send.apply(res, args);
  const content = body == null ? '' : (body as string | Uint8Array);
  const isKnown = typeof content === 'string' || content instanceof Uint8Array;
  // Settled here, content that does not go out is not made bytes of.
  const replacement = found.settle(isKnown ? content : undefined);
  if (!(replacement instanceof Promise)) return goOn(found, res, args, send, replacement);
  replacement
    .then((it) => res.headersSent || goOn(found, res, args, send, it))
    .catch((error) => found.finish?.fail(error));
  return res;
});

function goOn(
  exchange: Exchange,
  res: Response,
  args: unknown[],
  send: (...args: never[]) => unknown,
  replacement?: Replacement,
): unknown {
  if (!replacement) {
    if (!res.getHeader('ETag')) keepUntagged(exchange, res);
    return Reflect.apply(send, res, args);
  }
  // By the type, for which send() has a default, compression() adds its Vary.
  if (!res.hasHeader('Content-Type')) res.type(typeof args[0] === 'string' ? 'html' : 'bin');
  return replacement.content ? res.end(replacement.content) : res.end();
}

function keepUntagged(exchange: Exchange, res: Response): void {
  exchange.hasPlaceholder = true;
  res.setHeader('ETag', UNTAGGED);
}

/** Whether send() sends this as it is: text, bytes, or nothing. */
function isContent(body: unknown): boolean {
  return typeof body === 'string' || body == null || ArrayBuffer.isView(body);
}

/** The exchange of a response. Express decides nothing by itself: its own check goes by other rules. */
export function exchange(req: AnyRequest, res: Response): Exchange {
  const found = intercepted(req, res, intercept as Parameters<typeof intercepted>[2]);
  if (found.nameRoute) return found;
  found.nameRoute = routeOf;
  if (hasPreconditions(req.headers)) Object.defineProperty(req, 'fresh', { value: false, configurable: true });
  return found;
}

/**
 * Content first: the response is rendered, then saved from the wire. Streams pass as they come, untagged.
 *
 * @param req - the request
 * @param res - its response, of which nothing is sent yet
 * @param next - told when a digest fails
 * @param options - `weak`, `digest`, `timeout` and `onDecision`
 */
export function finish(req: AnyRequest, res: Response, next: NextFunction, options: ReadOptions): void {
  const fail = (error: unknown) => next(error || new Error('Rejected without a reason'));
  // A write as well: Express would make a tag of its response (RFC 9110 §9.3.4).
  const found = exchange(req, res);
  found.finish = { ...options, fail };
  found.hasState = false;
  found.onDecision ??= options.onDecision;
}
