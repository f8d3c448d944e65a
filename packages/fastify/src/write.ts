import { Buffer } from 'node:buffer';
import {
  type Answer,
  respond as answerTo,
  type Expectation,
  type ExpectationOptions,
  expectation as expectationOf,
  hasContent,
  isEtagError,
  isRead,
  isRefusal,
  type Outcome,
  type RespondOptions,
  type Stored,
  toRefusal,
} from '@etag/core';
import { circumstances } from './circumstances.ts';
import { notModified, readOfReply, refuse } from './finish.ts';
import { type AnyReply, type AnyRequest, ReplyHead, requestHead } from './head.ts';

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
 * with the current tag, as they are. Of a read, it sends the value with its tag, a 304 to a client that has it, and a 404 for
 * null.
 *
 * @param reply - the reply, of which nothing is sent yet
 * @param result - what the store returned: the outcome of a write; to a read, what `get` gave
 * @param options - `storedAsSent`: whether the response to a PUT may carry the new tag; `codec`; `onDecision`
 * @returns the reply, for an asynchronous handler to return
 * @throws TypeError when it did not come from a store, or is not an outcome and the request is a write
 * @see RFC 9110 §13.2.2, §15.4.5, §15.5.13
 */
export function respond<Reply extends AnyReply, T>(
  reply: Reply,
  result: Outcome<T> | Stored<T> | null,
  options?: RespondOptions,
): Reply {
  const answer = answerTo(requestHead(reply.request), result, options, circumstances(reply.request, options, true));
  const { body } = answer;
  if (isRefusal(answer)) toRefusal(new ReplyHead(reply), answer as Answer);
  reply.code(answer.status).headers(answer.headers);
  if (isRead(reply.request.method) && isAnswered(reply, options)) return reply;
  if (!result || !('value' in result))
    return reply.send(hasContent(answer) ? Buffer.from(JSON.stringify(body)) : undefined) as Reply;
  // Fastify sends a string as it stands, as content that is JSON already, and null without content.
  return reply.send(typeof body === 'string' || body === null ? reply.serialize(body) : body) as Reply;
}

/** Evaluates the preconditions of a read, whether or not the plugin is registered: a 304 or a 412 is sent. */
function isAnswered(reply: AnyReply, options: RespondOptions | undefined): boolean {
  try {
    const read = readOfReply(reply.request, reply, options);
    if (!read.evaluate(undefined)) return false;
    notModified(reply, read);
    reply.send();
  } catch (error) {
    if (!isEtagError(error)) throw error;
    reply.send(refuse(reply, error));
  }
  return true;
}
