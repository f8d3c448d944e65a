import { Buffer } from 'node:buffer';
import {
  type Answer,
  respond as answerTo,
  type Expectation,
  type ExpectationOptions,
  expectation as expectationOf,
  hasContent,
  isRead,
  isRefusal,
  type Outcome,
  type RespondOptions,
  type Stored,
  setOff,
  toRefusal,
} from '@etag/core';
import { NodeResponseHead, requestHead } from '@etag/node';
import type { ExtendableContext } from 'koa';
import { circumstances } from './circumstances.ts';
import { answerErrors } from './errors.ts';
import { readOfContext } from './finish.ts';

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
 * Answers with the outcome of a conditional write: the stored value, or problem details with the current tag. To a read, it
 * answers with the value and its tag, with a 304 to a client that has it, and with a 404 for null.
 *
 * @param ctx - the context
 * @param result - what the store returned: the outcome of a write; to a read, what `get` gave
 * @param options - `storedAsSent`: whether the response to a PUT may carry the new tag; `codec`; `onDecision`
 * @throws TypeError when it did not come from a store, or is not an outcome and the request is a write
 * @throws PreconditionFailedError (412) when the If-Match or If-Unmodified-Since of a read fails
 * @see RFC 9110 §13.2.2, §15.4.5, §15.5.13
 */
export function respond<T>(
  ctx: ExtendableContext,
  result: Outcome<T> | Stored<T> | null,
  options?: RespondOptions,
): void {
  const answer = answerTo(requestHead(ctx.req), result, options, circumstances(ctx, options, true));
  if (isRefusal(answer)) toRefusal(new NodeResponseHead(ctx.res), answer as Answer);
  // Koa takes a status and a type of its own from the body: what the outcome says comes after it. As bytes: together with a
  // string, Node writes the head as UTF-8.
  ctx.body = hasContent(answer) ? Buffer.from(JSON.stringify(answer.body)) : null;
  ctx.status = answer.status;
  ctx.set(answer.headers);
  if (isRead(ctx.method)) evaluate(ctx, options);
}

/** Evaluates the preconditions of a read, whether or not an `etag()` is mounted. */
function evaluate(ctx: ExtendableContext, options: RespondOptions | undefined): void {
  answerErrors(ctx);
  setOff(ctx.req, false);
  if (readOfContext(ctx, options ?? null).evaluate(undefined)) ctx.status = 304;
}
