import { type ContentTagOptions, checkNames, type Stored } from '@etag/core';
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
 * @throws TypeError when one of them is there and not a function, or there is no such option
 * @see RFC 9110 §8.8.3, §13.2, §15.4.5
 * @example
 * @Etag((note: Note) => note.version)
 * @Etag((note: Note) => [note.version, note.language])
 * @Etag({ current: NoteState })
 */
// One signature: of two, the first that is tried would fix what an arrow function returns.
export function Etag<T>(state: VersionSelector<T> | StateOptions<T>): HandlerDecorator<T>;
/**
 * Makes the response to GET, HEAD and QUERY of what the `get` of a store gave: the value is its content, the version its tag,
 * null a 404, and a client that has that version gets a 304.
 *
 * @param options - `stored`; `weak`; `current`, to spare the handler as well
 * @returns the decorator of a method
 * @see RFC 9110 §8.8.3, §13.2, §15.4.5
 * @example
 * @Etag({ stored: true })
 * show(@Param('id') id: string) { return this.notes.get(id); }
 */
export function Etag(
  options: Pick<EtagOptions<never>, 'current' | 'weak'> & { stored: true },
): HandlerDecorator<Stored<unknown> | null>;
/**
 * Gives responses to GET, HEAD and QUERY a tag of their content, and a client that has the content a 304.
 *
 * @param options - how the content is tagged; false for no tag
 * @returns the decorator of a method, or of a controller for all its methods
 */
export function Etag(options?: ContentTagOptions | false): MethodDecorator & ClassDecorator;
export function Etag<T>(given: NonNullable<HandlerOptions['etag']> | VersionSelector<T> = {}) {
  const etag = typeof given === 'function' ? { version: given } : given;
  if (etag !== false) checkSources(etag);
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

/** A source that is there and undefined is a misspelt name: content would be tagged in its place. */
function checkSources(etag: object): void {
  checkNames(etag, ['current', 'version', 'lastModified', 'stored', 'weak', 'digest']);
  for (const name of ['current', 'version', 'lastModified'] as const) {
    const source: unknown = Reflect.get(etag, name);
    if (name in etag && typeof source !== 'function') {
      throw new TypeError(`${name} of @Etag() is a function or a class, not ${String(source)}`);
    }
  }
}
