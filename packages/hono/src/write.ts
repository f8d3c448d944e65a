import {
  respond as answerTo,
  type Expectation,
  type ExpectationOptions,
  expectation as expectationOf,
  type Outcome,
  type RespondOptions,
} from '@etag/core';
import type { Context } from 'hono';
import type { StatusCode } from 'hono/utils/http-status';
import { circumstances } from './circumstances.ts';
import { checked } from './refusal.ts';

/**
 * Reads the expectation that a write carries to the store.
 *
 * @param c - the context
 * @param options - `require`: whether a write without a precondition is refused
 * @returns the expectation
 * @throws PreconditionRequiredError (428) with `require`, when neither If-Match nor If-None-Match was sent
 * @throws PreconditionFailedError (412) when one of them is malformed
 * @see RFC 9110 §13.1.1, RFC 6585 §3
 */
export function expectation(c: Context, options?: ExpectationOptions): Expectation {
  const request = requestOf(c, 'expectation');
  return checked(c, () => expectationOf(request, options, circumstances(c, options, true)));
}

const encoder = new TextEncoder();

/**
 * Makes the response to a conditional write: the stored value, or problem details with the current tag.
 *
 * @param c - the context
 * @param outcome - what the store returned
 * @param options - `storedAsSent`: whether the response to a PUT may carry the new tag
 * @returns the response
 * @throws TypeError when it is not an outcome
 * @see RFC 9110 §15.5.13
 */
export function respond<T>(c: Context, outcome: Outcome<T>, options?: RespondOptions): Response {
  const { status, headers, body } = answerTo(
    requestOf(c, 'respond'),
    outcome,
    options,
    circumstances(c, options, true),
  );
  if (body === null) return c.newResponse(null, status as StatusCode, headers);
  const content = encoder.encode(JSON.stringify(body));
  // With its length, compress() leaves a short one as it is, and with it the strong tag that guards the next write.
  const length = `${content.byteLength}`;
  return c.newResponse(content, status as StatusCode, { ...headers, 'content-length': length });
}

function requestOf(c: Context, name: string): Request {
  const request = c?.req?.raw;
  if (!request) throw new TypeError(`${name}(c) takes the context itself, and not c.req`);
  return request;
}
