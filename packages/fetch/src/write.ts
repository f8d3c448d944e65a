import {
  respond as answerTo,
  hasContent,
  isRead,
  type Outcome,
  type RespondOptions,
  type Stored,
  setOff,
} from '@etag/core';
import { evaluated } from './finish.ts';
import { jsonBytes, refusal } from './refusal.ts';

/**
 * Makes the response to a conditional write: the stored value, or problem details with the current tag. To a read, it is the
 * value with its tag, a 304 to a client that has it, and a 404 for null.
 *
 * @param request - the request that is answered
 * @param result - what the store returned: the outcome of a write; to a read, what `get` gave
 * @param options - `storedAsSent`: whether the response to a PUT may carry the new tag; `codec`; `onDecision`
 * @returns the response
 * @throws TypeError when it did not come from a store, or is not an outcome and the request is a write
 * @see RFC 9110 §13.2.2, §15.4.5, §15.5.13
 */
export function respond<T>(
  request: Request,
  result: Outcome<T> | Stored<T> | null,
  options?: RespondOptions,
): Response {
  const answer = answerTo(request, result, options);
  const response = new Response(hasContent(answer) ? jsonBytes(answer.body) : null, answer);
  if (!isRead(request.method)) return response;
  // A read is evaluated here, whether or not an etag() stands around the handler.
  setOff(request, false);
  try {
    return evaluated(request, response, { onDecision: options?.onDecision, handlerRan: true });
  } catch (error) {
    return refusal(error, response.headers);
  }
}
