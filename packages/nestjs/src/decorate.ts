import { UseFilters, UseGuards } from '@nestjs/common';
import { INTERCEPTORS_METADATA } from '@nestjs/common/constants.js';
import { AnsweredFilter } from './answered.ts';
import { Exchange } from './exchange.ts';
import { EtagInterceptor } from './interceptor.ts';
import { EtagModuleGuard } from './module-guard.ts';
import { type HandlerOptions, hasState, optionsOf, setOptions } from './options.ts';

/** The methods that find their exchange. */
const wrapped = new WeakSet<object>();

/**
 * Gives a handler options. Where they take more than a tag of the content, its method is wrapped, once: nothing else of
 * Nest comes after the pipes.
 *
 * @see docs/decisions/008-nest-after-the-pipes.md
 */
export function decorate<H>(
  target: object,
  key: string | symbol,
  descriptor: TypedPropertyDescriptor<H>,
  options: HandlerOptions,
): void {
  const known = optionsOf(descriptor.value as object);
  const all: HandlerOptions = Object.assign(known ?? {}, options);
  if (!known) {
    setOptions(descriptor.value as object, all);
    UseGuards(EtagModuleGuard)(target, key, descriptor);
  }
  if (wrapped.has(descriptor.value as object) || !(all.ifMatch || hasState(all))) return;
  wrap(descriptor as unknown as TypedPropertyDescriptor<Method>, all);
  bindOutermost(descriptor.value as object);
  UseFilters(AnsweredFilter)(target, key, descriptor);
}

type Method = (...args: unknown[]) => unknown;

function wrap(descriptor: TypedPropertyDescriptor<Method>, options: HandlerOptions): void {
  const method = descriptor.value as Method;
  function handler(this: unknown, ...args: unknown[]) {
    const exchange = Exchange.running.getStore();
    // Called by another method, or by a test, it is an ordinary method.
    if (exchange?.options !== options) return method.apply(this, args);
    return exchange.perform((...args) => method.apply(this, args), args);
  }
  // What the decorators below have noted; those above find the handler in its place.
  for (const name of Reflect.getMetadataKeys(method)) {
    Reflect.defineMetadata(name, Reflect.getMetadata(name, method), handler);
  }
  Object.defineProperty(handler, 'name', { value: method.name });
  wrapped.add(handler);
  descriptor.value = handler;
}

/** Puts the interceptor before those of the method, wherever its decorator stands: it sees what they answer instead of it. */
function bindOutermost(handler: object): void {
  const others: unknown[] = Reflect.getMetadata(INTERCEPTORS_METADATA, handler) ?? [];
  Reflect.defineMetadata(INTERCEPTORS_METADATA, [EtagInterceptor, ...others], handler);
}
