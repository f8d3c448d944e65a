import type { Problem } from '@etag/core';
import type { MiddlewareHandler } from 'hono';

/**
 * Sends refusals (404, 412, 428, 503) in the words of a standard: they are problem details otherwise.
 *
 * @param type - the media type of the standard
 * @param make - makes its content of the problem details
 */
export function refusalsAs(type: string, make: (problem: Problem) => object): MiddlewareHandler {
  return async (c, next) => {
    await next();
    const { res } = c;
    if (res.headers.get('content-type') !== 'application/problem+json') return;
    const headers = new Headers(res.headers);
    headers.set('content-type', type);
    headers.delete('content-length');
    const content = JSON.stringify(make(await res.json()));
    // Else Hono would add the fields of the response that is replaced.
    c.res = undefined;
    c.res = new Response(content, { status: res.status, headers });
  };
}
