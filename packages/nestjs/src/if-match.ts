import { checkNames, WRITE_NAMES } from '@etag/core';
import { decorate } from './decorate.ts';
import { takesExpectation } from './expected.ts';
import type { IfMatchOptions } from './options.ts';

/**
 * Guards the handler of a write: it runs only when the preconditions of the request hold as far as they can be checked now;
 * what is left of them is the expectation that `@Expected()` hands to it for the store. An outcome of the store that it
 * returns becomes the response; whatever else it returns is its content.
 *
 * @param options - `require`, `current` and `storedAsSent`
 * @returns the decorator of a method
 * @throws TypeError when the method has neither `@Expected()` nor `current`: the decorator would guard nothing; and when
 *   `current` is there and undefined, or there is no such option
 * @see RFC 9110 §13.1.1, RFC 6585 §3
 */
export function IfMatch(options: IfMatchOptions = {}): MethodDecorator {
  checkNames(options, WRITE_NAMES);
  return (target, key, descriptor) => {
    const isMisspelt = 'current' in options && !options.current;
    if (isMisspelt || (!options.current && !takesExpectation(target, key))) {
      const name = `${target.constructor.name}.${String(key)}`;
      throw new TypeError(
        `@IfMatch() on ${name} guards nothing: give the method an @Expected() parameter, or { current }`,
      );
    }
    decorate(target, key, descriptor, { ifMatch: options });
  };
}
