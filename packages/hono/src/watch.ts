import { type EntityTag, takeOwnTag } from '@etag/core';
import type { Known } from '@etag/fetch';
import type { Context } from 'hono';

/** What is seen of a context between `etag()` and the handler. */
export interface Watch {
  /** The last response that a method of the context made, and what of; content that is not known, but ends, is WHOLE. */
  made: Response | undefined;
  content: unknown;
  isMakingWatched: boolean;
  /** The responses that others took the place of, in this order. */
  readonly replaced: Response[];
  /** Whether the context has a response that another can take the place of. */
  isSet: boolean;
}

// Registered, so that two copies of this package watch a context once.
const WATCH = Symbol.for('@etag/hono');
const WATCHED = Symbol.for('@etag/hono.watched');

interface Watched {
  finalized: boolean;
  res: Response;
  [WATCH]?: Watch;
}

/**
 * Watches which responses of a context take the place of others: an `etag()` outside of a compressor has to know the tag
 * that the handler set, which the compressor weakens. Done once, on what the contexts of an application inherit from: on
 * each of them it would cost more than all the rest.
 */
export function watch(c: Watched): Watch {
  watchPrototype(c);
  c[WATCH] ??= { made: undefined, content: undefined, isMakingWatched: false, replaced: [], isSet: c.finalized };
  return c[WATCH];
}

function watchPrototype(c: object): void {
  const prototype = Object.getPrototypeOf(c);
  if (WATCHED in prototype) return;
  prototype[WATCHED] = true;
  const inherited = descriptorOf(prototype, 'res');
  Object.defineProperty(prototype, 'res', {
    ...inherited,
    set(this: Watched, response: Response | undefined) {
      const found = this[WATCH];
      if (found?.isSet) found.replaced.push(this.res);
      inherited.set?.call(this, response);
      if (found) found.isSet = response !== undefined;
    },
  });
}

function descriptorOf(object: object, name: string): PropertyDescriptor {
  return Object.getOwnPropertyDescriptor(object, name) ?? descriptorOf(Object.getPrototypeOf(object), name);
}

/** Stands for the content of a response that is text, which only the response has. */
const WHOLE = Symbol('whole');

// The overloads of the methods of a context say nothing that matters here: all that they are given is passed on.
type Make = (data: unknown, arg?: unknown, headers?: object) => Response;
type Makers = Record<'body' | 'json' | 'newResponse' | 'text', Make> & {
  html: (...args: Parameters<Make>) => Response | Promise<Response>;
};

/**
 * Watches what the methods of a context make responses of, so that text and bytes need not be read back from a finished
 * response: that costs more than the digest.
 */
export function watchMaking(c: Context, watch: Watch): void {
  if (watch.isMakingWatched) return;
  watch.isMakingWatched = true;
  const makers = c as unknown as Makers;
  const { html } = makers;
  const body = noting(watch, makers.body);
  makers.body = body;
  makers.newResponse = noting(watch, makers.newResponse);
  makers.text = noting(watch, makers.text);
  makers.json = (data, arg, headers) =>
    body(JSON.stringify(data), arg, { 'Content-Type': 'application/json', ...headers });
  makers.html = (data, arg, headers) => {
    const made = html(data, arg, headers);
    return made instanceof Promise ? made.then((made) => note(watch, WHOLE, made)) : note(watch, data, made);
  };
}

function noting(watch: Watch, make: Make): Make {
  return (data, arg, headers) => note(watch, data, make(data, arg, headers));
}

function note(watch: Watch, content: unknown, made: Response): Response {
  watch.content = content;
  watch.made = made;
  return made;
}

/**
 * What is known of the response that a context has.
 *
 * @param seen - what `watch` and `watchMaking` saw until then
 */
export function knownOf({ made, content, replaced }: Watch, response: Response, mayBeCoded = false): Known {
  const uncoded = uncodedOf(response, replaced);
  const madeOf = made && isMadeOf(uncoded ?? response, made) ? content : undefined;
  return {
    content: typeof madeOf === 'string' || madeOf instanceof Uint8Array ? madeOf : undefined,
    // Of what was coded, nothing but its source tells whether it ends.
    isWhole: madeOf === undefined && !uncoded ? undefined : isWhole(madeOf),
    uncodedTag: uncoded && takeOwnTag(uncoded.headers),
    uncodedLength: uncoded && Number(uncoded.headers.get('content-length') ?? Number.NaN),
    mayBeCoded,
  };
}

/** The tag that a response had until it was coded, null for none; undefined where it was not coded since. */
export function uncodedTagOf({ replaced }: Watch, response: Response): EntityTag | null | undefined {
  const uncoded = uncodedOf(response, replaced);
  return uncoded && takeOwnTag(uncoded.headers);
}

/** The response that a compressor made another one of; undefined where none did, and a coded response came as it is. */
function uncodedOf(response: Response, replaced: readonly Response[]): Response | undefined {
  if (replaced.length === 0 || !isCoded(response)) return undefined;
  const before = replaced.filter((one) => !isCoded(one)).at(-1);
  return before && (before.bodyUsed || before.body?.locked) ? before : undefined;
}

function isCoded({ headers }: Response): boolean {
  return headers.get('content-encoding') !== null;
}

/** Whether a response is another one, or has its body. */
function isMadeOf(response: Response, made: Response): boolean {
  return response === made || (made.body !== null && response.body === made.body);
}

function isWhole(content: unknown): boolean {
  return (
    content === WHOLE ||
    typeof content === 'string' ||
    content instanceof Blob ||
    content instanceof ArrayBuffer ||
    ArrayBuffer.isView(content)
  );
}
