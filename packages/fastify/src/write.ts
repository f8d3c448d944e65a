import {
  type Expectation,
  type GuardOptions,
  guard,
  type Outcome,
  type ToHttpOptions,
  toHttp,
} from '@etag/concurrency';
import { type AnyReply, type AnyRequest, requestHead } from './head.js';

/**
 * The expectation that a write carries to the store.
 *
 * @throws PreconditionRequiredError (428) with `require`, when neither If-Match nor If-None-Match was sent
 * @throws PreconditionFailedError (412) when one of them is malformed
 * @see RFC 9110 §13.1.1, RFC 6585 §3
 */
export function expectation(request: AnyRequest, options?: GuardOptions): Expectation {
  return guard(requestHead(request), options);
}

/**
 * Sends the response to a conditional write: the stored value, or problem details with the current tag.
 *
 * @returns the reply, for an asynchronous handler to return
 * @see RFC 9110 §15.5.13
 */
export function respond<Reply extends AnyReply, T>(reply: Reply, outcome: Outcome<T>, options?: ToHttpOptions): Reply {
  const { status, headers, body } = toHttp(outcome, requestHead(reply.request), options);
  reply.code(status).headers(headers);
  // Fastify sends a string as it stands, as content that is JSON already.
  return reply.send(typeof body === 'string' ? reply.serialize(body) : (body ?? undefined)) as Reply;
}
