import { type Expectation, oneOf } from '@etag/core';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { optionsOf } from './options.ts';

/** Stands where a handler takes its expectation, until the pipes have passed. Should it stay there, it never holds. */
export const EXPECTED: Expectation = Object.freeze(oneOf());

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

const KEY = '@etag/nestjs expected';

/**
 * Hands the handler the preconditions of the request in the terms of the store, which evaluates them and writes in one
 * atomic step. The handler has `@IfMatch()`.
 *
 * @returns the decorator of a parameter of type `Expectation`
 * @see RFC 9110 §13.2.2
 */
export function Expected(): ExpectedDecorator {
  const decorator = placeholder();
  return ((target: object, key: string | symbol, index: number) => {
    Reflect.defineMetadata(KEY, true, target, key);
    decorator(target, key, index);
  }) as ExpectedDecorator;
}

/** Whether a method, as its class declares it, takes an expectation. Decorators of parameters come before those of methods. */
export function takesExpectation(target: object, key: string | symbol): boolean {
  return Reflect.hasOwnMetadata(KEY, target, key);
}
