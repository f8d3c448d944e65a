import type { ContentTagOptions } from '@etag/core';
import { UseGuards } from '@nestjs/common';
import type { Observable } from 'rxjs';
import type { Current } from './current.ts';
import { decorate } from './decorate.ts';
import { EtagModuleGuard } from './module-guard.ts';
import { type EtagOptions, type HandlerOptions, setOptions, type VersionSelector } from './options.ts';

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
 * Gives responses to GET, HEAD and QUERY a tag that does not come from their content, and a client that has that state a 304.
 *
 * Header fields that belong on the 304 as on the 200 (Cache-Control, Vary) are set by `@Header()` or by a middleware:
 * with `current`, the handler is not there to do it.
 *
 * @param state - finds the version of what the handler returned, or says where the validators come from: `current`,
 *   `version`, `lastModified`
 * @returns the decorator of a method
 * @see RFC 9110 §8.8.3, §13.2, §15.4.5
 * @example
 * @Etag((note: Note) => note.version)
 * @Etag((note: Note) => [note.version, note.language])
 * @Etag({ current: NoteState })
 */
// One signature: of two, the first that is tried would fix what an arrow function returns.
export function Etag<T>(state: VersionSelector<T> | StateOptions<T>): HandlerDecorator<T>;
/**
 * Gives responses to GET, HEAD and QUERY a tag of their content, and a client that has the content a 304.
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
