import { Buffer } from 'node:buffer';
import {
  respond as answerTo,
  type Expectation,
  type ExpectationOptions,
  expectation as expectationOf,
  type Outcome,
  type RespondOptions,
} from '@etag/core';
import { circumstances } from './circumstances.ts';
import { type AnyReply, type AnyRequest, requestHead } from './head.ts';

/**
 * Reads the expectation that a write carries to the store.
 *
 * @param request - the request
 * @param options - `require`: whether a write without a precondition is refused
 * @returns the expectation
 * @throws PreconditionRequiredError (428) with `require`, when neither If-Match nor If-None-Match was sent
 * @throws PreconditionFailedError (412) when one of them is malformed
 * @see RFC 9110 §13.1.1, RFC 6585 §3
 */
export function expectation(request: AnyRequest, options?: ExpectationOptions): Expectation {
  return expectationOf(requestHead(request), options, circumstances(request, options, true));
}

/**
 * Sends the response to a conditional write: the stored value, through the response schema of the route, or problem details
 * with the current tag, as they are.
 *
 * @param reply - the reply, of which nothing is sent yet
 * @param outcome - what the store returned
 * @param options - `storedAsSent`: whether the response to a PUT may carry the new tag
 * @returns the reply, for an asynchronous handler to return
 * @throws TypeError when it is not an outcome
 * @see RFC 9110 §15.5.13
 */
export function respond<Reply extends AnyReply, T>(reply: Reply, outcome: Outcome<T>, options?: RespondOptions): Reply {
  const { status, headers, body } = answerTo(
    requestHead(reply.request),
    outcome,
    options,
    circumstances(reply.request, options, true),
  );
  reply.code(status).headers(headers);
  if (!('value' in outcome)) return reply.send(body === null ? undefined : Buffer.from(JSON.stringify(body))) as Reply;
  // Fastify sends a string as it stands, as content that is JSON already.
  return reply.send(typeof body === 'string' ? reply.serialize(body) : (body ?? undefined)) as Reply;
}
