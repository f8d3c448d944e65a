import { Buffer } from 'node:buffer';
import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  respond as answerTo,
  type Expectation,
  type ExpectationOptions,
  expectation as expectationOf,
  type Outcome,
  type RespondOptions,
} from '@etag/core';
import { requestHead } from './request-head.ts';

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
 * Sends the response to a conditional write: the stored value, or problem details with the current tag.
 *
 * @param res - the response, of which nothing is sent yet
 * @param outcome - what the store returned
 * @param options - `storedAsSent`: whether the response to a PUT may carry the new tag
 * @throws TypeError when it is not an outcome
 * @see RFC 9110 §15.5.13
 */
export function respond<T>(res: ServerResponse, outcome: Outcome<T>, options?: RespondOptions): void {
  const { status, headers, body } = answerTo(requestHead(res.req), outcome, options);
  res.statusCode = status;
  for (const [name, value] of Object.entries(headers)) res.setHeader(name, value);
  // Bytes: together with a string, Node writes the head as UTF-8.
  res.end(body === null ? undefined : Buffer.from(JSON.stringify(body)));
}
