import { isOff, isRead, passBy, takesValidators } from '@etag/core';
import { type ContentOptions, finish as finishResponse, mutable } from '@etag/fetch';
import type { Context, Next } from 'hono';
import { routeOf } from './circumstances.ts';
import { showTypeOnce } from './outside.ts';
import { refuse, replace } from './refusal.ts';
import { knownOf, plainTagOf, unwatch, type Watch, watch, watchMaking } from './watch.ts';

/** Content first: the response is made, then saved from the wire. */
export async function finish(c: Context, next: Next, options: ContentOptions): Promise<void> {
  const mayBeCoded = c.req.routeIndex > 0;
  const seen = watch(c);
  seen.evaluates = true;
  seen.hasState = false;
  if (isRead(c.req.method)) watchMaking(c, seen);
  await next();
  // What comes after may have put another one in its place, to change its fields.
  const request = c.req.raw;
  try {
    if (!c.finalized || isOff(c)) return;
    const { res } = c;
    // The version that an etag() further out has found is the tag.
    if (seen.hasTag && !seen.hasState && !res.headers.has('etag')) return;
    if (!takesValidators(request.method, res.status)) return restoreTag(c, seen);
    const known = knownOf(seen, res, mayBeCoded, () => routeOf(c));
    const type = mayBeCoded ? res.headers.get('content-type') : null;
    // What a method of the context made has fields that can be set.
    const response = known.content === undefined ? mutable(res) : res;
    replace(c, response);
    replace(c, await finishResponse(request, response, options, known));
    if (mayBeCoded && c.res.status === 304) showTypeOnce(request, c.res, type);
  } catch (error) {
    refuse(c, error);
  } finally {
    unwatch(seen, request);
  }
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
