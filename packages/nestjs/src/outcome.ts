import { type Outcome, type Refused, type ToHttpOptions, toHttp } from '@etag/concurrency';
import type { Answer, RequestHead } from '@etag/core';
import { WriteRefusedError } from './errors.js';

type Kind = Outcome<unknown>['kind'];

const REFUSED: readonly Kind[] = ['stale', 'exists', 'missing', 'contended'] satisfies Refused['kind'][];
const KINDS: readonly Kind[] = [...REFUSED, 'created', 'updated', 'already-applied', 'deleted'];

/** Whether a handler returned the outcome of a conditional write. */
export function isOutcome(value: unknown): value is Outcome<unknown> {
  return KINDS.includes((value as Outcome<unknown> | null | undefined)?.kind as Kind);
}

/**
 * The response to a conditional write. Its content is Nest's to serialise, and so is its type.
 *
 * @throws WriteRefusedError where nothing was written
 * @see RFC 9110 §15.5.13
 */
export function answerOf<T>(outcome: Outcome<T>, request: RequestHead, options: ToHttpOptions | undefined): Answer<T> {
  const answer = toHttp(outcome, request, options);
  if (REFUSED.includes(outcome.kind)) throw new WriteRefusedError(outcome as Refused, answer as Answer);
  const { 'content-type': _, ...headers } = answer.headers;
  return { ...(answer as Answer<T>), headers };
}
