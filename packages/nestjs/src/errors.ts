import type { Refused } from '@etag/concurrency';
import { type Answer, EtagError, isEtagError } from '@etag/core';
import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException, Inject, type Type } from '@nestjs/common';
import { PlatformHost } from './platform.js';

/**
 * A store refused a write: the outcome that a handler returned, on its way through the exception filters.
 *
 * @see RFC 9110 §15.5.13
 */
export class WriteRefusedError extends EtagError {
  override readonly name = 'WriteRefusedError';
  readonly code = 'ETAG_WRITE_REFUSED';

  /** @param outcome - what the store said */
  constructor(
    readonly outcome: Refused,
    answer: Answer,
  ) {
    super(answer);
  }
}

/** Nest asks by `instanceof` which filter an error is for; this takes the errors of a second installed copy as well. */
const AnyEtagError = { [Symbol.hasInstance]: isEtagError } as unknown as Type<EtagError>;

/**
 * Sends a 412 or a 428 as problem details. `EtagModule` registers it; a filter that is bound to a controller or a handler
 * comes first, and `EtagModule.forRoot({ filter })` puts another one in its place.
 *
 * @see RFC 9457
 */
@Catch(AnyEtagError)
export class EtagErrorFilter implements ExceptionFilter<EtagError> {
  constructor(@Inject(PlatformHost) private readonly host: PlatformHost) {}

  catch(error: EtagError, host: ArgumentsHost): void {
    // Where there is no HTTP, Nest goes on as if there were no filter.
    if (host.getType() === 'http') this.host.platform.refuse(host, error);
  }
}

/** Ends the way of a request whose 304 is sent: past the interceptors, which expect a value. */
export class AnsweredException extends HttpException {
  constructor() {
    super('Not Modified', 304);
  }
}

/** One for all requests: the stack of each would take longer than the rest of its 304. */
export const ANSWERED = new AnsweredException();

/** Has nothing left to send. */
@Catch(AnsweredException)
export class AnsweredFilter implements ExceptionFilter<AnsweredException> {
  catch(): void {}
}
