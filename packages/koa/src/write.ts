import {
  type Expectation,
  type GuardOptions,
  guard,
  type Outcome,
  type ToHttpOptions,
  toHttp,
} from '@etag/concurrency';
import type { ExtendableContext } from 'koa';
import { requestHead, sendProblems } from './exchange.js';

/**
 * The expectation that a write carries to the store.
 *
 * @throws PreconditionRequiredError (428) with `require`, when neither If-Match nor If-None-Match was sent
 * @throws PreconditionFailedError (412) when one of them is malformed
 * @see RFC 9110 §13.1.1, RFC 6585 §3
 */
export function expectation(ctx: ExtendableContext, options?: GuardOptions): Expectation {
  sendProblems(ctx);
  return guard(requestHead(ctx), options);
}

/**
 * Answers with the outcome of a conditional write: the stored value, or problem details with the current tag.
 *
 * @see RFC 9110 §15.5.13
 */
export function respond<T>(ctx: ExtendableContext, outcome: Outcome<T>, options?: ToHttpOptions): void {
  const { status, headers, body } = toHttp(outcome, requestHead(ctx), options);
  // Koa takes a status and a type of its own from the body: what the outcome says comes after it.
  ctx.body = body === null ? null : JSON.stringify(body);
  ctx.status = status;
  ctx.set(headers);
}
