import {
  type Answer,
  type Circumstances,
  EtagError,
  type Outcome,
  type Refused,
  type RequestHead,
  type RespondOptions,
  respond,
  type Stored,
} from '@etag/core';
import { NotFoundException } from '@nestjs/common';
import { EtagException } from './exception.ts';

/**
 * A store refused a write. It is the cause of the exception that `orThrow` and handlers with `@IfMatch()` throw, on its way
 * through the exception filters.
 *
 * @see RFC 9110 §15.5.13
 */
export class WriteRefusedError extends EtagError {
  override readonly name = 'WriteRefusedError';
  readonly code = 'ETAG_WRITE_REFUSED';
  /** What the store said. */
  readonly outcome: Refused;

  /**
   * @param outcome - what the store said
   * @param answer - the response to it
   */
  constructor(outcome: Refused, answer: Answer) {
    super(answer);
    this.outcome = outcome;
  }
}

/**
 * The answer to a write that went through. Its content is Nest's to serialise, and so is the type of that.
 *
 * @throws EtagException where nothing was written: for the exception filters
 * @throws TypeError for anything but an outcome
 */
export function answerTo<T>(
  request: RequestHead,
  outcome: Outcome<T>,
  options?: RespondOptions,
  circumstances?: Circumstances,
): Answer<T> {
  const answer = respond(request, outcome, options, circumstances);
  if (answer.status >= 400) throw new EtagException(new WriteRefusedError(outcome as Refused, answer as Answer));
  const { 'content-type': _, ...headers } = answer.headers;
  return { ...(answer as Answer<T>), headers };
}

/**
 * The content of the response to a read.
 *
 * @throws NotFoundException for null
 * @throws TypeError for what no store gave
 */
export function contentOf(request: RequestHead, result: unknown): unknown {
  const { status, body } = respond(request, result as Stored<unknown> | null);
  if (status === 404) throw new NotFoundException(body);
  return body;
}
