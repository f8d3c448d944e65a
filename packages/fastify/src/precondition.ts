import { type PreconditionOptions as CheckOptions, checkPreconditionOptions, guardWrite } from '@etag/core';
import type { RouteGenericInterface } from 'fastify';
import { circumstances } from './circumstances.ts';
import type { Current, RouteRequest } from './current.ts';
import { describing } from './described.ts';
import { requestHead } from './head.ts';

/** How a write is guarded. */
export interface PreconditionOptions<Route extends RouteGenericInterface = RouteGenericInterface> extends CheckOptions {
  /** Finds the validators of the resource that the request would change. Left out, with `require`, for a whole application. */
  current?: Current<Route> | undefined;
}

/**
 * Makes a `preHandler` hook for a write: the handler runs only when the preconditions of the request hold. This spares a
 * handler that is bound to fail; it does not close the race between the check and the write, which only the store can:
 * pass `expectation(request)` to it. As an `onRequest` hook it refuses before the content of the request is read.
 *
 * A refusal is thrown, so that it goes through the error handler; `etagPlugin` makes it problem details.
 *
 * @param options - `current`, and `require`: whether a write without a precondition is refused with 428
 * @returns the hook
 * @throws TypeError without `current` and `require`: it would guard nothing
 * @see RFC 9110 §13.1.1, RFC 6585 §3
 * @example
 * const preHandler = precondition({ current: (request) => notes.state(request.params.id), require: true });
 * app.put('/notes/:id', { preHandler }, saveNote);
 */
export function precondition<Route extends RouteGenericInterface = RouteGenericInterface>(
  options: PreconditionOptions<Route>,
) {
  checkPreconditionOptions(options);
  const { current, require = false } = options;
  const hook = async (request: RouteRequest<Route>): Promise<void> => {
    await guardWrite(
      requestHead(request),
      current && (() => current(request)),
      options,
      circumstances(request, options),
    );
  };
  return describing(hook, { kind: 'write', require });
}
