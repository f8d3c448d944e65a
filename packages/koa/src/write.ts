import { Buffer } from 'node:buffer';
import {
  respond as answerTo,
  type Expectation,
  type ExpectationOptions,
  expectation as expectationOf,
  type Outcome,
  type RespondOptions,
} from '@etag/core';
import { requestHead } from '@etag/node';
import type { ExtendableContext } from 'koa';
import { circumstances } from './circumstances.ts';
import { answerErrors } from './errors.ts';

/**
 * Reads the expectation that a write carries to the store.
 *
 * @param ctx - the context
 * @param options - `require`: whether a write without a precondition is refused
 * @returns the expectation
 * @throws PreconditionRequiredError (428) with `require`, when neither If-Match nor If-None-Match was sent
 * @throws PreconditionFailedError (412) when one of them is malformed
 * @see RFC 9110 §13.1.1, RFC 6585 §3
 */
export function expectation(ctx: ExtendableContext, options?: ExpectationOptions): Expectation {
  answerErrors(ctx);
  return expectationOf(requestHead(ctx.req), options, circumstances(ctx, options, true));
}

/**
 * Answers with the outcome of a conditional write: the stored value, or problem details with the current tag.
 *
 * @param ctx - the context
 * @param outcome - what the store returned
 * @param options - `storedAsSent`: whether the response to a PUT may carry the new tag
 * @throws TypeError when it is not an outcome
 * @see RFC 9110 §15.5.13
 */
export function respond<T>(ctx: ExtendableContext, outcome: Outcome<T>, options?: RespondOptions): void {
  const { status, headers, body } = answerTo(requestHead(ctx.req), outcome, options, circumstances(ctx, options, true));
  // Koa takes a status and a type of its own from the body: what the outcome says comes after it. As bytes: together with a
  // string, Node writes the head as UTF-8.
  ctx.body = body === null ? null : Buffer.from(JSON.stringify(body));
  ctx.status = status;
  ctx.set(headers);
}
