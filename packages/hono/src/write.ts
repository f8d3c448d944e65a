import {
  type Expectation,
  type GuardOptions,
  guard,
  type Outcome,
  type ToHttpOptions,
  toHttp,
} from '@etag/concurrency';
import type { Context } from 'hono';
import type { StatusCode } from 'hono/utils/http-status';

const encoder = new TextEncoder();

/**
 * The expectation that a write carries to the store.
 *
 * @throws PreconditionRequiredError (428) with `require`, when neither If-Match nor If-None-Match was sent
 * @throws PreconditionFailedError (412) when one of them is malformed
 * @see RFC 9110 §13.1.1, RFC 6585 §3
 */
export function expectation(c: Context, options?: GuardOptions): Expectation {
  return guard(c.req.raw, options);
}

/**
 * The response to a conditional write: the stored value, or problem details with the current tag.
 *
 * @see RFC 9110 §15.5.13
 */
export function respond<T>(c: Context, outcome: Outcome<T>, options?: ToHttpOptions): Response {
  const { status, headers, body } = toHttp(outcome, c.req.raw, options);
  if (body === null) return c.newResponse(null, status as StatusCode, headers);
  const content = encoder.encode(JSON.stringify(body));
  // With its length, compress() leaves a short one as it is, and with it the strong tag that guards the next write.
  const length = `${content.byteLength}`;
  return c.newResponse(content, status as StatusCode, { ...headers, 'content-length': length });
}
