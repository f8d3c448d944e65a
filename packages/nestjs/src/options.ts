import type { ToHttpOptions } from '@etag/concurrency';
import type { ContentTagOptions } from '@etag/core';
import type { Current } from './current.js';
import type { EtagModuleOptions } from './module-definition.js';

/** How the validators of a handler's response are found. Without `current` and `version`, its content is tagged. */
export interface EtagOptions<T> extends ContentTagOptions {
  /** Finds the validators before the handler runs; when the client has that state already, the handler is not called. */
  current?: Current | undefined;
  /** The version of what the handler returned; null or undefined when it has none. */
  version?: ((value: T) => string | number | bigint | null | undefined) | undefined;
  /** When what the handler returned was last modified: a Date or ms since the epoch; null or undefined when unknown. */
  lastModified?: ((value: T) => Date | number | null | undefined) | undefined;
}

/** How a write is guarded. */
export interface IfMatchOptions extends ToHttpOptions {
  /** Whether a request without If-Match or If-None-Match is refused with 428. @default false */
  required?: boolean | undefined;
  /** Finds the validators of what the request would change: a write that is bound to fail gets its 412 before the handler. */
  current?: Current | undefined;
}

/** What the decorators say of a handler, or of all handlers of a controller. */
export interface HandlerOptions {
  // biome-ignore lint/suspicious/noExplicitAny: the decorator has checked what the handler returns
  etag?: EtagOptions<any> | false;
  ifMatch?: IfMatchOptions;
}

const KEY = '@etag/nestjs';

/** Notes the options of a handler or a controller. */
export function setOptions(target: object, options: HandlerOptions): void {
  Reflect.defineMetadata(KEY, options, target);
}

/** What holds for a handler: what it says itself, else what its controller says, else the module. */
export function optionsFor(handler: object, controller: object, { content }: EtagModuleOptions): HandlerOptions {
  return { etag: content !== false && {}, ...optionsOf(controller), ...optionsOf(handler) };
}

/** The options of a handler or a controller; undefined when it has none. */
export function optionsOf(target: object): HandlerOptions | undefined {
  return Reflect.getMetadata(KEY, target);
}
