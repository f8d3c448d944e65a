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
import { evaluated } from '@etag/fetch';
import type { Context } from 'hono';
import type { StatusCode } from 'hono/utils/http-status';
import { circumstances } from './circumstances.ts';
import { showTypeOnce } from './outside.ts';
import { checked } from './refusal.ts';
import { watchOf } from './watch.ts';

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
 * Makes the response to a conditional write: the stored value, or problem details with the current tag. To a read, it is the
 * value with its tag, a 304 to a client that has it, and a 404 for null.
 *
 * @param c - the context
 * @param result - what the store returned: the outcome of a write; to a read, what `get` gave
 * @param options - `storedAsSent`: whether the response to a PUT may carry the new tag; `codec`; `onDecision`
 * @returns the response
 * @throws TypeError when it did not come from a store, or is not an outcome and the request is a write
 * @throws PreconditionFailedError (412) when the If-Match or If-Unmodified-Since of a read fails
 * @see RFC 9110 §13.2.2, §15.4.5, §15.5.13
 */
export function respond<T>(c: Context, result: Outcome<T> | Stored<T> | null, options?: RespondOptions): Response {
  const request = requestOf(c, 'respond');
  const response = answered(c, answerTo(request, result, options, circumstances(c, options, true)));
  if (!isRead(request.method)) return response;
  setOff(c, false);
  return watchOf(c)?.evaluates ? response : evaluate(c, response, options);
}

/** Evaluates the preconditions of a read where no `etag()` further out will. */
function evaluate(c: Context, response: Response, options: RespondOptions | undefined): Response {
  const request = c.req.raw;
  const seen = circumstances(c, options, true);
  // What stands further out may code the content.
  const read = checked(c, () => evaluated(request, response, seen, { mayBeCoded: true }));
  if (read.status === 304) showTypeOnce(request, read, 'application/json');
  return read;
}

function answered(c: Context, answer: Answer<unknown>): Response {
  const { status, headers, body } = answer;
  if (isRefusal(answer)) toRefusal(c.res.headers, answer as Answer);
  if (!hasContent(answer)) return c.newResponse(null, status as StatusCode, headers);
  const text = JSON.stringify(body);
  // As text and with one field, a response of @hono/node-server stays light.
  if (headers.etag === undefined) return c.newResponse(text, status as StatusCode, headers);
  const content = encoder.encode(text);
  // With its length, compress() leaves a short one as it is, and with it the strong tag that guards the next write.
  const length = `${content.byteLength}`;
  return c.newResponse(content, status as StatusCode, { ...headers, 'content-length': length });
}

function requestOf(c: Context, name: string): Request {
  const request = c?.req?.raw;
  if (!request) throw new TypeError(`${name}(c) takes the context itself, and not c.req`);
  return request;
}
