import { type ContentTagOptions, formatHttpDate, isConditional, type ResourceState } from '@etag/core';
import type { Response } from 'express';
import { conditional, evaluate } from './conditional.js';
import { type Current, type Middleware, nextAfter } from './current.js';
import { type AnyRequest, fieldOf, finishHead } from './head.js';

export interface EtagOptions<P> extends ContentTagOptions {
  /**
   * Finds the validators before the handler runs; when the client has that state already, the handler is not called.
   * Leave it out to tag the content that the handler sends.
   */
  current?: Current<P> | undefined;
}

/**
 * Middleware: responses to GET, HEAD and QUERY get a tag, and a client that has the content gets a 304.
 *
 * Header fields that belong on the 304 of an early `etag({ current })` as on the 200 (Cache-Control, Vary) are set before
 * it, by `res.set()`.
 *
 * @see RFC 9110 §8.8.3, §13.2, §15.4.5
 * @example
 * app.use(etag());
 * app.get('/notes/:id', etag({ current: (req) => notes.state(req.params.id) }), showNote);
 */
// biome-ignore lint/suspicious/noExplicitAny: a middleware does not know the parameters of its route
export function etag<P = any>(options: EtagOptions<P> = {}): Middleware {
  const { current } = options;
  return (req, res, next) => {
    if (current) return nextAfter(early(req, res, current), next);
    conditional(res, next, options);
    next();
  };
}

/** Validators first: on a match the handler never runs. */
async function early<P>(req: AnyRequest, res: Response, current: Current<P>): Promise<boolean> {
  // Only a read can be spared; precondition() guards a write.
  if (!isConditional(req.method, 200)) return false;
  const state = await current(req, res);
  if (!state) return false;
  const outcome = evaluate(res, state);
  if (outcome instanceof Error) throw outcome;
  addValidators(res, state);
  if (outcome === 'proceed') return false;
  // The type of the content is not known. As text it gets the Vary of whatever compression() codes; no 304 has a type.
  if (!res.hasHeader('Content-Type')) res.setHeader('Content-Type', 'text/plain');
  res.end();
  return true;
}

/** Sets the validators so that the handler can set its own. */
function addValidators(res: Response, { etag, lastModified }: ResourceState): void {
  const validators = { ETag: etag, 'Last-Modified': lastModified == null ? null : formatHttpDate(lastModified) };
  const added = Object.entries(validators).filter(([name, value]) => value && !res.hasHeader(name));
  for (const [name, value] of added) res.setHeader(name, value as string);
  finishHead(res, () => {
    // They are those of the representation that was asked for: an error has none.
    if (res.statusCode === 304 || isConditional(res.req.method, res.statusCode)) return;
    for (const [name, value] of added) if (fieldOf(res, name) === value) res.removeHeader(name);
  });
}
