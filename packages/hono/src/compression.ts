import type { Context } from 'hono';
import { matchedRoutes } from 'hono/route';

/**
 * Whether Hono's `compress()` stands outside the middleware at an index of the matched routes: it adds a Vary to every 200
 * that it could code, and passes a 304 by, which must have the same (RFC 9110 §15.4.5).
 */
export function isInsideCompress(c: Context, routeIndex: number): boolean {
  return matchedRoutes(c).some(({ handler }, index) => index < routeIndex && handler.name === 'compress');
}
