import { EtagError, problem } from '@etag/core';

/**
 * A write was sent and no answer came: it may or may not have been done. Read the resource to learn which.
 *
 * @see RFC 9110 §9.2.2
 */
export class OutcomeUnknownError extends EtagError {
  override readonly name = 'OutcomeUnknownError';
  readonly code = 'ETAG_OUTCOME_UNKNOWN';

  /** @param options - `cause`: what fetch threw */
  constructor(options?: ErrorOptions) {
    const detail = 'The write may or may not have happened. Read the resource to learn which.';
    super(problem(500, 'Internal Server Error', detail, { reason: 'unknown' }), options);
  }
}

// What Node says where no connection was made: nothing was sent.
const UNSENT = /^(EAI_AGAIN|ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|UND_ERR_CONNECT_TIMEOUT)$/;

/** Whether what fetch threw says that nothing was sent. */
export function isUnsent(error: unknown): boolean {
  const { cause } = Object(error) as { cause?: { code?: unknown } };
  return UNSENT.test(String(cause?.code));
}
