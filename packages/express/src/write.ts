import {
  type Expectation,
  type GuardOptions,
  guard,
  type Outcome,
  type ToHttpOptions,
  toHttp,
} from '@etag/concurrency';
import type { Response } from 'express';
import { type AnyRequest, headOf } from './head.js';

/**
 * The expectation that a write carries to the store.
 *
 * @throws PreconditionRequiredError (428) with `require`, when neither If-Match nor If-None-Match was sent
 * @throws PreconditionFailedError (412) when one of them is malformed
 * @see RFC 9110 §13.1.1, RFC 6585 §3
 */
export function expectation(req: AnyRequest, options?: GuardOptions): Expectation {
  return guard(headOf(req), options);
}

/**
 * The response to a conditional write: the stored value, or problem details with the current tag.
 *
 * @see RFC 9110 §15.5.13
 */
export function respond<T>(res: Response, outcome: Outcome<T>, options?: ToHttpOptions): void {
  const { status, headers, body } = toHttp(outcome, headOf(res.req), options);
  res.status(status).set(headers);
  // Not res.send(): without etag(), that makes a tag of the response to a PUT.
  res.end(body === null ? undefined : JSON.stringify(body));
}
