import { UseFilters, UseInterceptors } from '@nestjs/common';
import { AnsweredFilter } from './errors.js';
import { Exchange } from './exchange.js';
import { EtagInterceptor } from './interceptor.js';
import { type HandlerOptions, optionsOf, setOptions } from './options.js';

/**
 * Gives a handler options. Its method is wrapped, once: nothing else of Nest comes after the pipes.
 *
 * @see docs/decisions/008-nest-after-the-pipes.md
 */
export function decorate<H>(
  target: object,
  key: string | symbol,
  descriptor: TypedPropertyDescriptor<H>,
  options: HandlerOptions,
): void {
  const method = descriptor.value as (...args: unknown[]) => unknown;
  const known = optionsOf(method);
  if (known) return void Object.assign(known, options);
  function handler(this: unknown, ...args: unknown[]) {
    const exchange = Exchange.running.getStore();
    // Called by another method, it is an ordinary method.
    if (exchange?.options !== options) return method.apply(this, args);
    return exchange.perform((...args) => method.apply(this, args), args);
  }
  // What the decorators below have noted; those above find the handler in its place.
  for (const name of Reflect.getMetadataKeys(method)) {
    Reflect.defineMetadata(name, Reflect.getMetadata(name, method), handler);
  }
  Object.defineProperty(handler, 'name', { value: method.name });
  descriptor.value = handler as H;
  setOptions(handler, options);
  UseInterceptors(EtagInterceptor)(target, key, descriptor);
  UseFilters(AnsweredFilter)(target, key, descriptor);
}
