import type { ContentTagOptions } from '@etag/core';
import { UseGuards } from '@nestjs/common';
import type { Observable } from 'rxjs';
import type { Current } from './current.js';
import { decorate } from './decorate.js';
import { EtagModuleGuard } from './guard.js';
import { type EtagOptions, setOptions } from './options.js';

type Version<T> = NonNullable<EtagOptions<T>['version']>;

/** Options that only a handler has. */
type StateOptions<T> = EtagOptions<T> &
  ({ current: Current } | { version: Version<T> } | Required<Pick<EtagOptions<T>, 'lastModified'>>);

/** A decorator of handlers that return such a value, at once, as a promise or as an Observable. */
export type HandlerDecorator<T> = <H extends (...args: never[]) => T | Promise<T> | Observable<T>>(
  target: object,
  key: string | symbol,
  descriptor: TypedPropertyDescriptor<H>,
) => void;

/**
 * Responses to GET, HEAD and QUERY get a tag, and a client that has the content gets a 304.
 *
 * Header fields that belong on the 304 as on the 200 (Cache-Control, Vary) are set by `@Header()` or by a middleware:
 * where the state is known first, the handler is not there to do it.
 *
 * @param options - where the validators come from: `current`, `version`, `lastModified`
 * @see RFC 9110 §8.8.3, §13.2, §15.4.5
 * @example
 * @Etag()
 */
export function Etag<T>(options: StateOptions<T>): HandlerDecorator<T>;
/** @param version - the version of what the handler returned */
export function Etag<T>(version: Version<T>): HandlerDecorator<T>;
/** @param options - how the content is tagged; false for no tag */
export function Etag(options?: ContentTagOptions | false): MethodDecorator & ClassDecorator;
export function Etag<T>(given: EtagOptions<T> | Version<T> | false = {}) {
  const etag = typeof given === 'function' ? { version: given } : given;
  // biome-ignore lint/suspicious/noExplicitAny: the signatures above say which method it may be
  return (target: object, key?: string | symbol, descriptor?: TypedPropertyDescriptor<any>): void => {
    if (key !== undefined && descriptor) {
      decorate(target, key, descriptor, { etag });
      return;
    }
    setOptions(target, { etag });
    UseGuards(EtagModuleGuard)(target as () => void);
  };
}
