import { isOff, isRead, passBy, takesValidators } from '@etag/core';
import { type ContentOptions, finish as finishResponse, finishText, mutable, type TextContent } from '@etag/fetch';
import type { Context, Next } from 'hono';
import { routeOf } from './circumstances.ts';
import { showTypeOnce } from './outside.ts';
import { refuse, replace } from './refusal.ts';
import { knownOf, plainTagOf, textOf, unwatch, type Watch, watch, watchMethods } from './watch.ts';

/** Content first: the response is made, then saved from the wire. */
export async function finish(c: Context, next: Next, options: ContentOptions): Promise<void> {
  const mayBeCoded = c.req.routeIndex > 0;
  const seen = watch(c);
  seen.evaluates = true;
  seen.hasState = false;
  if (isRead(c.req.method)) watchMethods(c, seen);
  await next();
  // What comes after may have put another one in its place, to change its fields.
  const request = c.req.raw;
  try {
    if (!c.finalized || isOff(c)) return;
    const { res } = c;
    const text = textOf(seen, res);
    // The version that an etag() further out has found is the tag.
    if (seen.hasTag && !seen.hasState && (text || !res.headers.has('etag'))) return;
    if (!takesValidators(request.method, res.status)) return restoreTag(c, seen);
    const type = mayBeCoded ? (text?.type ?? res.headers.get('content-type')) : null;
    if (text) await finishMade(c, text, options, mayBeCoded);
    else await finishAny(c, seen, options, mayBeCoded);
    if (mayBeCoded && c.res.status === 304) showTypeOnce(request, c.res, type);
  } catch (error) {
    refuse(c, error);
  } finally {
    unwatch(seen, request);
  }
}

async function finishMade(c: Context, text: TextContent, options: ContentOptions, mayBeCoded: boolean): Promise<void> {
  const finished = finishText(c.req.raw, text, options, { mayBeCoded, route: () => routeOf(c) });
  // To wait for what is there would cost a turn.
  replace(c, finished instanceof Promise ? await finished : finished);
}

async function finishAny(c: Context, seen: Watch, options: ContentOptions, mayBeCoded: boolean): Promise<void> {
  const { res } = c;
  const known = knownOf(seen, res, mayBeCoded, () => routeOf(c));
  // What a method of the context made has fields that can be set.
  const response = known.content === undefined ? mutable(res) : res;
  replace(c, response);
  replace(c, await finishResponse(c.req.raw, response, options, known));
}

/**
 * Undoes what a compressor did to the tag of a refusal, or of the response to a write: it is not the tag of that content, and
 * has to be strong to guard the next write. Of a read, what is not a tag does not leave, nor does what no 304 carries.
 */
function restoreTag(c: Context, seen: Watch): void {
  const { res } = c;
  const tag = plainTagOf(seen, res);
  if (tag) return void res.headers.set('etag', tag);
  if (!isRead(c.req.method)) return;
  const response = mutable(res);
  passBy(c.req.method, response);
  replace(c, response);
}
