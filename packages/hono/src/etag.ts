import { isConditional, varyWith } from '@etag/core';
import { addValidators, type ContentOptions, conditional, notModifiedFields } from '@etag/fetch';
import type { Context, Env, MiddlewareHandler, Next } from 'hono';
import { isInsideCompress } from './compression.js';
import { watchContent } from './content.js';
import type { Current } from './current.js';

export interface EtagOptions<E extends Env> extends ContentOptions {
  /**
   * Finds the validators before the handler runs; when the client has that state already, the handler is not called.
   * Leave it out to tag the content that the handler returns.
   */
  current?: Current<E> | undefined;
}

/**
 * Middleware: responses to GET, HEAD and QUERY get a tag, and a client that has the content gets a 304.
 *
 * Header fields that belong on the 304 of an early `etag({ current })` as on the 200 (Cache-Control, Vary) are set before
 * it, by `c.header()`.
 *
 * @see RFC 9110 §8.8.3, §13.2, §15.4.5
 * @example
 * app.use(etag());
 * app.get('/notes/:id', etag({ current: (c) => notes.state(c.req.param('id')) }), showNote);
 */
// biome-ignore lint/suspicious/noExplicitAny: as Hono’s own middleware, it fits an app of any environment
export function etag<E extends Env = any>(options: EtagOptions<E> = {}): MiddlewareHandler<E> {
  const { current } = options;
  return current ? (c, next) => early(c, next, current) : (c, next) => finish(c, next, options);
}

/** Validators first: on a match the handler never runs. */
async function early<E extends Env>(c: Context<E>, next: Next, current: Current<E>): Promise<Response | undefined> {
  const request = c.req.raw;
  // Only a read can be spared; precondition() guards a write.
  if (!isConditional(request.method, 200)) return void (await next());
  const state = (await current(c)) ?? null;
  const fields = notModifiedFields(request, state);
  if (fields) {
    const { vary, ...validators } = fields;
    const notModified = c.body(null, 304, validators);
    if (vary || isInsideCompress(c, c.req.routeIndex)) addVary(notModified);
    return notModified;
  }
  await next();
  replaceResponse(c, addValidators(request, c.res, state));
}

/** Content first: the response is rendered, then saved from the wire. */
async function finish(c: Context, next: Next, options: ContentOptions): Promise<void> {
  const contentOf = watchContent(c);
  const { routeIndex } = c.req;
  await next();
  const response = await conditional(c.req.raw, c.res, options, contentOf(c.res));
  if (response.status === 304 && isInsideCompress(c, routeIndex)) addVary(response);
  replaceResponse(c, response);
}

function addVary({ headers }: Response): void {
  headers.set('vary', varyWith(headers.get('vary'), 'Accept-Encoding'));
}

function replaceResponse(c: Context, response: Response): void {
  if (response === c.res) return;
  // Hono merges the header fields of the response that it has into the one that it is given.
  c.res = undefined;
  c.res = response;
}
