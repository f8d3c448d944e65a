import { checkOptions, type ObserveOptions, type TimeoutOptions } from '@etag/core';
import type { HookHandlerDoneFunction, RouteGenericInterface } from 'fastify';
import { type Current, current, type RouteRequest } from './current.ts';
import { describing } from './described.ts';
import type { AnyReply } from './head.ts';

/** Where the validators of a read come from. */
export interface EtagOptions<Route extends RouteGenericInterface = RouteGenericInterface>
  extends TimeoutOptions,
    ObserveOptions {
  /** Finds the validators before the handler runs; when the client has that state already, the handler is not called. */
  current: Current<Route>;
}

/**
 * Makes a `preHandler` hook for a read: on a match the handler never runs. Put it after the hooks that authenticate: a
 * request that would be refused has no precondition to evaluate.
 *
 * Header fields that belong on the 304 as on the 200 (Cache-Control, Vary) are set before it, by `reply.header()`.
 *
 * @param options - `current`, `timeout` and `onDecision`
 * @returns the hook
 * @throws TypeError without `current`: it is `etagPlugin` that tags content; for an option that there is not
 * @see RFC 9110 §13.2
 * @example
 * app.get('/notes/:id', { preHandler: etag({ current: (request) => notes.state(request.params.id) }) }, showNote);
 */
export function etag<Route extends RouteGenericInterface = RouteGenericInterface>(options: EtagOptions<Route>) {
  const { current: find } = options ?? {};
  if (typeof find !== 'function') {
    throw new TypeError('etag() needs { current }, which finds the validators. To tag content, register etagPlugin');
  }
  checkOptions(options, ['current', 'timeout', 'onDecision']);
  const hook = (
    request: RouteRequest<Route>,
    reply: AnyReply,
    done: HookHandlerDoneFunction,
  ): Promise<unknown> | undefined => current(request, reply, find, options, done);
  return describing(hook, { kind: 'read' });
}
