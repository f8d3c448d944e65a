import { type PreconditionOptions as CheckOptions, checkPreconditions } from '@etag/core';
import type { RouteGenericInterface } from 'fastify';
import type { Current, RouteRequest } from './current.js';
import { requestHead } from './head.js';

export interface PreconditionOptions<Route extends RouteGenericInterface = RouteGenericInterface> extends CheckOptions {
  /** Finds the validators of the resource that the request would change. */
  current: Current<Route>;
}

/**
 * Makes a `preHandler` hook for a write: the handler runs only when the preconditions of the request hold. This spares a
 * handler that is bound to fail; it does not close the race between the check and the write, which only the store can:
 * pass `expectation(request)` to it.
 *
 * A refusal is thrown, so that it goes through the error handler; `etagPlugin` makes it problem details.
 *
 * @see RFC 9110 §13.1.1, RFC 6585 §3
 * @example
 * const preHandler = precondition({ current: (request) => notes.state(request.params.id), require: true });
 * app.put('/notes/:id', { preHandler }, saveNote);
 */
export function precondition<Route extends RouteGenericInterface = RouteGenericInterface>(
  options: PreconditionOptions<Route>,
) {
  return async (request: RouteRequest<Route>): Promise<void> => {
    checkPreconditions(requestHead(request), (await options.current(request)) ?? null, options);
  };
}
