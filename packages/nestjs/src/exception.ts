import { type Answer, type EtagError, isEtagError, type Problem } from '@etag/core';
import { HttpException } from '@nestjs/common';

/**
 * A 412 or a 428, as code that is written for Nest expects it: an `HttpException`, whose content is problem details. It has
 * the members of the error of these packages that is its cause, and `isEtagError` knows it.
 *
 * @see RFC 9110 §15.5.13, RFC 6585 §3, RFC 9457
 */
export class EtagException extends HttpException {
  /** Names the kind of error; stable across versions. */
  declare readonly code: string;
  /** The header fields of the response, names in lower case. */
  declare readonly headers: Answer['headers'];
  /** Its content: problem details. */
  declare readonly body: Problem;

  /** @param error - a refusal, with the response that it becomes */
  constructor(error: EtagError) {
    super(error.body, error.status, { cause: error });
    Object.assign(this, error, { message: error.message });
  }
}

/** What a handler threw, as an exception of Nest where it is an error of these packages. */
export function asException(error: unknown): unknown {
  return isEtagError(error) && !(error instanceof HttpException) ? new EtagException(error) : error;
}
