import {
  type Decision,
  evaluateRead,
  findReadState,
  isObserved,
  isOff,
  isRead,
  type ReadOptions,
  type ResourceState,
} from '@etag/core';
import { mutable, notModified, notModifiedResponse, textResponse, withValidators } from '@etag/fetch';
import type { Context, Env, Next } from 'hono';
import { circumstances, routeOf } from './circumstances.ts';
import { showTypeOnce } from './outside.ts';
import { checked, refuse, replace } from './refusal.ts';
import { plainTagOf, textOf, unwatch, type Watch, watch, watchMethods } from './watch.ts';

/** The context of a request; a middleware does not know the names of its route's parameters, and takes each as there. */
export type CurrentContext<E extends Env> = Context<E, `/:${string}`>;

/** Finds the validators of the resource that a request is for; null or undefined when there is no current representation. */
export type Current<E extends Env> = (
  c: CurrentContext<E>,
) => ResourceState | null | undefined | Promise<ResourceState | null | undefined>;

/** Validators first: on a match the handler never runs. */
export async function current<E extends Env>(
  c: Context<E>,
  next: Next,
  find: Current<E>,
  options: ReadOptions,
): Promise<Response | undefined> {
  const request = c.req.raw;
  // Only a read can be spared; precondition() guards a write.
  if (!isRead(request.method)) return void (await next());
  const { routeIndex } = c.req;
  const early = circumstances(c, options);
  const found = findReadState(request, () => find(c), options, early);
  // To wait for what is there would cost a turn.
  const state = found instanceof Promise ? await found : found;
  const decision = checked(c, () => evaluateRead(request, state, 200, early));
  const mayBeCoded = routeIndex > 0;
  if (state && decision.outcome === 'not-modified') return answerNotModified(c, state, decision, mayBeCoded);
  const seen = watch(c);
  seen.hasState = true;
  seen.hasTag ||= state?.etag != null;
  watchMethods(c, seen);
  await next();
  try {
    if (!c.finalized || isOff(c)) return undefined;
    const text = state && !isObserved(options) ? textOf(seen, c.res) : undefined;
    if (text) replace(c, textResponse(request, text, state));
    else finish(c, seen, state, options, mayBeCoded);
  } catch (error) {
    refuse(c, error);
  } finally {
    unwatch(seen, c.req.raw);
  }
  return undefined;
}

/** The 304 that spares the handler, with what was set on the context before it. */
function answerNotModified<E extends Env>(
  c: Context<E>,
  state: ResourceState,
  decision: Decision,
  mayBeCoded: boolean,
): Response {
  const request = c.req.raw;
  const response = c.body(null, 304);
  const { headers } = response;
  if (!mayBeCoded && headers.keys().next().done) return notModifiedResponse(request, state, decision);
  notModified(request, headers, { decision, state, isSettled: decision.reason === 'matched' }, { mayBeCoded });
  // The type is not known: as text it gets the Vary of whatever is coded.
  if (mayBeCoded) showTypeOnce(request, response, 'text/plain');
  return response;
}

function finish<E extends Env>(
  c: Context<E>,
  seen: Watch,
  state: ResourceState | null,
  options: ReadOptions,
  mayBeCoded: boolean,
): void {
  const known = { plainTag: plainTagOf(seen, c.res), route: () => routeOf(c), mayBeCoded };
  const type = mayBeCoded ? c.res.headers.get('content-type') : null;
  const response = mutable(c.res);
  replace(c, response);
  replace(c, withValidators(c.req.raw, response, leftOf(state, seen), known, options));
  if (mayBeCoded && c.res.status === 304) showTypeOnce(c.req.raw, c.res, type);
}

/** What the handler left of the validators. */
function leftOf(state: ResourceState | null, { deleted }: Watch): ResourceState {
  return {
    etag: deleted?.has('etag') ? null : state?.etag,
    lastModified: deleted?.has('last-modified') ? null : state?.lastModified,
  };
}
