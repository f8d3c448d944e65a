import { EtagError, problem } from '@etag/core';

/**
 * A write was refused, and not because of its expectation: what it expected was there before it and after it. Row level
 * security, a trigger that drops the write, or a column that takes the key for another one keep it from the row. Nothing
 * was written, and the same write would be refused again.
 *
 * ```http
 * PUT /notes/1 HTTP/1.1
 * If-Match: "v6"
 *
 * HTTP/1.1 500 Internal Server Error
 * ```
 *
 * Where that is a matter of permissions, an application answers 403 instead.
 *
 * @see RFC 9110 §15.6.1
 */
export class WriteBlockedError extends EtagError {
  override readonly name = 'WriteBlockedError';
  readonly code = 'ETAG_WRITE_BLOCKED';

  constructor() {
    const detail =
      'Nothing was written: the database refused the write, though what it expected is there. Look for row level security, a trigger, a key that the column takes for another one; or reads from a replica that lags behind.';
    super(problem(500, 'Internal Server Error', detail, {}));
  }
}
