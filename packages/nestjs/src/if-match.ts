import type { Expectation } from '@etag/concurrency';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { decorate } from './decorate.js';
import { EXPECTED } from './exchange.js';
import { type IfMatchOptions, optionsOf } from './options.js';

/**
 * The handler of a write runs only when the preconditions of the request hold as far as they can be checked now; what is
 * left of them is the expectation that `@Expected()` hands to it for the store. An outcome of the store that it returns
 * becomes the response.
 *
 * @see RFC 9110 §13.1.1, RFC 6585 §3
 */
export function IfMatch(options: IfMatchOptions = {}): MethodDecorator {
  return (target, key, descriptor) => decorate(target, key, descriptor, { ifMatch: options });
}

type Parameter<Method, Index extends number> = Method extends (...args: infer P) => unknown ? P[Index] : never;

/** A decorator of parameters that take an `Expectation`. */
export type ExpectedDecorator = <T, K extends keyof T, I extends number>(
  target: T,
  key: K,
  index: I & (Expectation extends Parameter<T[K], I> ? unknown : 'the parameter takes an Expectation'),
) => void;

const placeholder = createParamDecorator((_: unknown, context: ExecutionContext) => {
  const handler = context.getHandler();
  if (optionsOf(handler)?.ifMatch) return EXPECTED;
  throw new TypeError(`@Expected() in ${context.getClass().name}.${handler.name} needs @IfMatch() on that method.`);
});

/**
 * The preconditions of the request in the terms of the store, which evaluates them and writes in one atomic step. The
 * handler has `@IfMatch()`.
 *
 * @see RFC 9110 §13.2.2
 */
export function Expected(): ExpectedDecorator {
  return placeholder() as ExpectedDecorator;
}
