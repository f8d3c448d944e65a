import { UseFilters, UseGuards, UseInterceptors } from '@nestjs/common';
import { AnsweredFilter } from './errors.js';
import { Exchange } from './exchange.js';
import { EtagModuleGuard } from './guard.js';
import { EtagInterceptor } from './interceptor.js';
import { type HandlerOptions, optionsOf, setOptions } from './options.js';

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
  if (wrapped.has(descriptor.value as object) || !isWork(all)) return;
  wrap(descriptor as unknown as TypedPropertyDescriptor<Method>, all);
  UseInterceptors(EtagInterceptor)(target, key, descriptor);
  UseFilters(AnsweredFilter)(target, key, descriptor);
}

/** Whether there is something to do before or after the handler. */
function isWork({ etag, ifMatch }: HandlerOptions): boolean {
  const { current, version, lastModified } = etag || {};
  return Boolean(ifMatch ?? current ?? version ?? lastModified);
}

type Method = (...args: unknown[]) => unknown;

function wrap(descriptor: TypedPropertyDescriptor<Method>, options: HandlerOptions): void {
  const method = descriptor.value as Method;
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
  wrapped.add(handler);
  descriptor.value = handler;
}
