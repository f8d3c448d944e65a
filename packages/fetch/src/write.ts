import { respond as answerTo, type Outcome, type RespondOptions } from '@etag/core';
import { jsonBytes } from './refusal.ts';

/**
 * Makes the response to a conditional write: the stored value, or problem details with the current tag.
 *
 * @param request - the request that caused the write
 * @param outcome - what the store returned
 * @param options - `storedAsSent`: whether the response to a PUT may carry the new tag
 * @returns the response
 * @throws TypeError when it is not an outcome
 * @see RFC 9110 §15.5.13
 */
export function respond<T>(request: Request, outcome: Outcome<T>, options?: RespondOptions): Response {
  const { status, headers, body } = answerTo(request, outcome, options);
  return new Response(body === null ? null : jsonBytes(body), { status, headers });
}
