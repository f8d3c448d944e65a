import type { Circumstances, ObserveOptions } from '@etag/core';
import type { ExtendableContext } from 'koa';

/**
 * What is known of a decision, for those who are told of it.
 *
 * @param ctx - the request
 * @param options - `onDecision`
 * @param handlerRan - whether the handler ran before the decision; @default false
 * @returns the circumstances
 */
export function circumstances(
  ctx: ExtendableContext,
  { onDecision }: ObserveOptions = {},
  handlerRan = false,
): Circumstances {
  return { onDecision, handlerRan, route: () => routeOf(ctx) };
}

/** The path of the route, which the router notes on the context; null without one. */
export function routeOf(ctx: ExtendableContext): string | null {
  const { _matchedRoute } = ctx as { _matchedRoute?: unknown };
  return _matchedRoute === undefined ? null : String(_matchedRoute);
}
