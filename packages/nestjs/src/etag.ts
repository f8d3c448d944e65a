import type { ContentTagOptions } from '@etag/core';
import { UseGuards } from '@nestjs/common';
import type { Observable } from 'rxjs';
import type { Current } from './current.ts';
import { decorate } from './decorate.ts';
import { EtagModuleGuard } from './module-guard.ts';
import { type EtagOptions, type HandlerOptions, setOptions } from './options.ts';

type VersionSelector<T> = NonNullable<EtagOptions<T>['version']>;

/** Options that only a handler has. */
type StateOptions<T> = EtagOptions<T> &
  ({ current: Current } | { version: VersionSelector<T> } | Required<Pick<EtagOptions<T>, 'lastModified'>>);

/** A decorator of handlers that return such a value, at once, as a promise or as an Observable. */
export type HandlerDecorator<T> = <H extends (...args: never[]) => T | Promise<T> | Observable<T>>(
  target: object,
  key: string | symbol,
  descriptor: TypedPropertyDescriptor<H>,
) => void;

/**
 * Gives responses to GET, HEAD and QUERY a tag, and a client that has the content a 304.
 *
 * Header fields that belong on the 304 as on the 200 (Cache-Control, Vary) are set by `@Header()` or by a middleware:
 * where the state is known first, the handler is not there to do it.
 *
 * @param options - where the validators come from: `current`, `version`, `lastModified`
 * @returns the decorator of a method
 * @see RFC 9110 §8.8.3, §13.2, §15.4.5
 * @example
 * @Etag({ version: (note: Note) => note.version, lastModified: (note) => note.updatedAt })
 */
export function Etag<T>(options: StateOptions<T>): HandlerDecorator<T>;
/**
 * Gives responses to GET, HEAD and QUERY the version of what the handler returned as their tag.
 *
 * @param version - finds the version; with a variant: `(note) => [note.version, note.language]`
 * @returns the decorator of a method
 * @example
 * @Etag((note: Note) => note.version)
 */
export function Etag<T>(version: VersionSelector<T>): HandlerDecorator<T>;
/**
 * Gives responses to GET, HEAD and QUERY a tag of their content.
 *
 * @param options - how the content is tagged; false for no tag
 * @returns the decorator of a method, or of a controller for all its methods
 */
export function Etag(options?: ContentTagOptions | false): MethodDecorator & ClassDecorator;
export function Etag<T>(given: NonNullable<HandlerOptions['etag']> | VersionSelector<T> = {}) {
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
