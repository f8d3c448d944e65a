import { Buffer } from 'node:buffer';
import type { IncomingMessage, ServerResponse } from 'node:http';
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
import { intercepted } from './exchange.ts';
import { requestHead } from './request-head.ts';
import { NodeResponseHead } from './response-head.ts';

/**
 * Reads the expectation that a write carries to the store.
 *
 * @param req - the request
 * @param options - `require`: whether a write without a precondition is refused
 * @returns the expectation
 * @throws PreconditionRequiredError (428) with `require`, when neither If-Match nor If-None-Match was sent
 * @throws PreconditionFailedError (412) when one of them is malformed
 * @see RFC 9110 §13.1.1, RFC 6585 §3
 */
export function expectation(req: IncomingMessage, options?: ExpectationOptions): Expectation {
  return expectationOf(requestHead(req), options);
}

/**
 * Sends the response to a conditional write: the stored value, or problem details with the current tag. Of a read, it sends
 * the value with its tag, a 304 to a client that has it, and a 404 for null.
 *
 * @param res - the response, of which nothing is sent yet
 * @param result - what the store returned: the outcome of a write; to a read, what `get` gave
 * @param options - `storedAsSent`: whether the response to a PUT may carry the new tag; `codec`; `onDecision`
 * @throws TypeError when it did not come from a store, or is not an outcome and the request is a write
 * @see RFC 9110 §13.2.2, §15.4.5, §15.5.13
 */
export function respond<T>(res: ServerResponse, result: Outcome<T> | Stored<T> | null, options?: RespondOptions): void {
  const { req } = res;
  const answer = answerTo(requestHead(req), result, options);
  if (isRead(req.method ?? '')) evaluateAtEnd(res, options);
  res.statusCode = answer.status;
  if (isRefusal(answer)) toRefusal(new NodeResponseHead(res), answer as Answer);
  for (const [name, value] of Object.entries(answer.headers)) res.setHeader(name, value);
  // Bytes: together with a string, Node writes the head as UTF-8.
  res.end(hasContent(answer) ? Buffer.from(JSON.stringify(answer.body)) : undefined);
}

/** The preconditions of a read are evaluated on the finished response, whether or not an `etag()` is mounted. */
function evaluateAtEnd(res: ServerResponse, options: RespondOptions | undefined): void {
  setOff(res.req, false);
  intercepted(res.req, res).onDecision ??= options?.onDecision;
}
