import { evaluatePreconditions, isConditional, namedTag, PreconditionFailedError } from '@etag/core';
import type { RouteGenericInterface } from 'fastify';
import type { Current, RouteRequest } from './current.js';
import { type AnyReply, finishWith, notModified, requestHead } from './head.js';

export interface EtagOptions<Route extends RouteGenericInterface = RouteGenericInterface> {
  /** Finds the validators before the handler runs; when the client has that state already, the handler is not called. */
  current: Current<Route>;
}

/**
 * Makes a `preHandler` hook for a read: on a match the handler never runs. Put it after the hooks that authenticate:
 * a request that would be refused has no precondition to evaluate.
 *
 * Header fields that belong on the 304 as on the 200 (Cache-Control, Vary) are set before it, by `reply.header()`.
 *
 * @see RFC 9110 §13.2
 * @example
 * app.get('/notes/:id', { preHandler: etag({ current: (request) => notes.state(request.params.id) }) }, showNote);
 */
export function etag<Route extends RouteGenericInterface = RouteGenericInterface>({ current }: EtagOptions<Route>) {
  return async (request: RouteRequest<Route>, reply: AnyReply): Promise<unknown> => {
    // Only a read can be spared; precondition() guards a write.
    const state = isConditional(request.method, 200) ? await current(request) : null;
    if (!state) return;
    const decision = evaluatePreconditions(requestHead(request), state, { named: namedTag });
    if (decision.outcome === 'failed') throw new PreconditionFailedError(request.method, decision, state);
    if (decision.outcome === 'not-modified') return notModified(reply, state).send();
    finishWith(reply, state);
  };
}
