import type { Outcome, Refused } from '@etag/core';
import { Exchange } from './exchange.ts';
import { answerTo } from './write.ts';

/**
 * Throws when a store refused a write, for services that throw: a 412, 404 or 503 that goes through the exception filters. While
 * a handler with `@IfMatch()` runs, the method and the fields of its request decide which.
 *
 * @param outcome - what the store returned
 * @returns the same outcome, of a write that went through
 * @throws EtagException with a `WriteRefusedError` as its cause
 * @throws TypeError when it is not an outcome
 * @see RFC 9110 §15.5.13
 * @example
 * const { value, version } = orThrow(await replace(notes, id, note, expected));
 */
export function orThrow<O extends Outcome<unknown>>(outcome: O): Exclude<O, Refused> {
  const request = Exchange.running.getStore()?.request ?? { method: '', headers: {} };
  answerTo(request, outcome);
  return outcome as Exclude<O, Refused>;
}
