import type { Circumstances, ObserveOptions } from '@etag/core';
import type { AnyRequest } from './head.ts';

/**
 * What is known of a decision, for those who are told of it.
 *
 * @param request - the request
 * @param options - `onDecision`
 * @param handlerRan - whether the handler ran before the decision; @default false
 * @returns the circumstances
 */
export function circumstances(
  request: AnyRequest,
  { onDecision }: ObserveOptions = {},
  handlerRan = false,
): Circumstances {
  return { onDecision, handlerRan, route: () => routeOf(request) };
}

/** The path of the route; null where none matches. */
export function routeOf({ routeOptions }: AnyRequest): string | null {
  return routeOptions.url ?? null;
}
