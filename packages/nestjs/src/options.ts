import type { ContentTagOptions, PreconditionOptions, RespondOptions } from '@etag/core';
import type { Current } from './current.ts';
import type { EtagModuleOptions } from './module-options.ts';

type VersionName = string | number | bigint;

/** A version; with it, what tells representations of one version apart: a language, a build. */
export type Version = VersionName | readonly [version: VersionName, variant: string];

/** Finds the version of what a handler returned; null or undefined when it has none. */
export type VersionSelector<T> = (value: T) => Version | null | undefined;

/** Where the validators of a response come from. None of its content is read: where they give nothing, it has no tag. */
export interface EtagOptions<T> {
  /** Finds the validators before the handler runs; when the client has that state already, the handler is not called. */
  current?: Current | undefined;
  /** The version of what the handler returned; null or undefined when it has none. */
  version?: VersionSelector<T> | undefined;
  /** When what the handler returned was last modified: a Date or ms since the epoch; null or undefined when unknown. */
  lastModified?: ((value: T) => Date | number | null | undefined) | undefined;
  /**
   * The handler returns what the `get` of a store gave: its value becomes the content, its version the tag, and null a 404.
   * @default false
   */
  stored?: boolean | undefined;
  /** Marks the tag of the version as weak: it names the version, not the bytes. @default false */
  weak?: boolean | undefined;
}

/** How a write is guarded. */
export interface IfMatchOptions extends PreconditionOptions, RespondOptions {
  /** Finds the validators of what the request would change: a write that is bound to fail gets its 412 before the handler. */
  current?: Current | undefined;
}

/** What the decorators say of a handler, or of all handlers of a controller. */
export interface HandlerOptions {
  // biome-ignore lint/suspicious/noExplicitAny: the decorator has checked what the handler returns
  etag?: (EtagOptions<any> & ContentTagOptions) | false;
  ifMatch?: IfMatchOptions;
}

// A string, so that two copies of this package read each other's decorators.
const KEY = '@etag/nestjs';

/** Notes the options of a handler or a controller. */
export function setOptions(target: object, options: HandlerOptions): void {
  Reflect.defineMetadata(KEY, options, target);
}

/** The options of a handler or a controller; undefined when it has none. */
export function optionsOf(target: object): HandlerOptions | undefined {
  return Reflect.getMetadata(KEY, target);
}

/** What holds for a handler: what it says itself, else what its controller says, else the module. */
export function optionsFor(handler: object, controller: object, { content }: EtagModuleOptions): HandlerOptions {
  return { etag: content !== false && {}, ...optionsOf(controller), ...optionsOf(handler) };
}

/** Whether what a handler returns has validators of its own. */
export function hasReturnedState({ etag }: HandlerOptions): boolean {
  const { version, lastModified, stored } = etag || {};
  return Boolean(version ?? lastModified ?? stored);
}

/** Whether the tag of a response comes from elsewhere than its content. */
export function hasState(options: HandlerOptions): boolean {
  const { current } = options.etag || {};
  return Boolean(current) || hasReturnedState(options);
}
