import type { Circumstances, ObserveOptions } from '@etag/core';
import type { Context } from 'hono';

/**
 * What is known of a decision, for those who are told of it.
 *
 * @param c - the request
 * @param options - `onDecision`
 * @param handlerRan - whether the handler ran before the decision; @default false
 * @returns the circumstances
 */
export function circumstances(c: Context, { onDecision }: ObserveOptions = {}, handlerRan = false): Circumstances {
  return { onDecision, handlerRan, route: () => routeOf(c) };
}

/** The path of the handler's route; null where none matches. Not by Hono's helper: that of another copy finds nothing. */
export function routeOf(c: Context): string | null {
  return c.req.matchedRoutes.at(-1)?.path ?? null;
}
