import { EtagError, problem } from '@etag/core';

/**
 * A write may or may not have happened: the connection broke after it was sent, or the commit failed half-way. Never a
 * 412, which would say that nothing was written.
 *
 * ```http
 * PUT /notes/1 HTTP/1.1
 * If-Match: "v6"
 *
 * HTTP/1.1 500 Internal Server Error
 * ```
 *
 * @see RFC 9110 §15.6.1
 */
export class OutcomeUnknownError extends EtagError {
  override readonly name = 'OutcomeUnknownError';
  readonly code = 'ETAG_OUTCOME_UNKNOWN';

  /** @param options - `cause`: what the driver threw */
  constructor(options?: ErrorOptions) {
    const detail = 'The write may or may not have happened. Read the resource to learn which.';
    super(problem(500, 'Internal Server Error', detail, { reason: 'unknown' }), options);
  }
}
