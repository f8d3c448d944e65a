import {
  type Expectation,
  type GuardOptions,
  guard,
  type Outcome,
  type ToHttpOptions,
  toHttp,
} from '@etag/concurrency';

/**
 * The expectation that a write carries to the store.
 *
 * @throws PreconditionRequiredError (428) with `require`, when neither If-Match nor If-None-Match was sent
 * @throws PreconditionFailedError (412) when one of them is malformed
 * @see RFC 9110 §13.1.1, RFC 6585 §3
 */
export function expectation(request: Request, options?: GuardOptions): Expectation {
  return guard(request, options);
}

/**
 * The response to a conditional write: the stored value, or problem details with the current tag.
 *
 * @see RFC 9110 §15.5.13
 */
export function respond<T>(request: Request, outcome: Outcome<T>, options?: ToHttpOptions): Response {
  const { status, headers, body } = toHttp(outcome, request, options);
  return new Response(body === null ? null : JSON.stringify(body), { status, headers });
}
