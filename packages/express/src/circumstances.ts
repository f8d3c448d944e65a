import type { Circumstances, ObserveOptions } from '@etag/core';
import type { Request } from 'express';

/** A request with whatever parameters. */
// biome-ignore lint/suspicious/noExplicitAny: Request<unknown> is not a supertype of the requests of a route
export type AnyRequest = Request<any>;

/**
 * What is known of a decision, for those who are told of it.
 *
 * @param req - the request
 * @param options - `onDecision`
 * @param handlerRan - whether the handler ran before the decision; @default false
 * @returns the circumstances
 */
export function circumstances(req: AnyRequest, { onDecision }: ObserveOptions = {}, handlerRan = false): Circumstances {
  return { onDecision, handlerRan, route: () => routeOf(req) };
}

/** The path of the route within its routers; null where none is reached yet. */
export function routeOf({ baseUrl, route }: AnyRequest): string | null {
  return route ? `${baseUrl}${route.path}` : null;
}
