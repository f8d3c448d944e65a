import { type EntityTag, takeOwnTag } from '@etag/core';
import type { Known, TextContent } from '@etag/fetch';
import type { Context } from 'hono';
import { bareResponse, isUnseen } from './bare.ts';
import { keepTag } from './outside.ts';
import { refuseAgain } from './refusal.ts';

/** A response, and what it was made of: WHOLE for text that only the response has, undefined where that is not known. */
interface Made {
  readonly response: Response;
  readonly content: unknown;
  /** Its type, where it was made bare. */
  readonly type?: string;
}

/** What is seen of a context between `etag()` and the handler. */
export interface Watch {
  /** The last response that a method of the context made. */
  made?: Made;
  /** What the response of the context was made of; undefined where that is not known. */
  content: unknown;
  /** The responses that others took the place of, in this order. */
  readonly replaced: Made[];
  /** Whether the context has a response that another can take the place of. */
  isSet: boolean;
  /** Whether nothing is set on the context that its responses carry; undefined where its methods are not watched. */
  isBlank?: boolean;
  /** Whether its validators are known before the handler runs: no tag of the content takes their place, where they are not found. */
  hasState?: boolean;
  /** Whether an `etag()` found a tag before the handler runs: one further in makes none of the content. */
  hasTag?: boolean;
  /** The fields that the handler deleted last, by `c.header()`, in lower case. */
  deleted?: Set<string>;
  /** Whether one of them evaluates the response as the handler made it. */
  evaluates?: boolean;
  /** The error that the response was made of. */
  error?: unknown;
  /** How many `etag()` the response has still to pass. */
  depth: number;
  /** The request, once the response has passed all of them. */
  finished?: Request;
}

// Registered, so that two copies of this package watch a context once.
const WATCH = Symbol.for('@etag/hono');
const WATCHED = Symbol.for('@etag/hono.watched');

interface Watched {
  readonly error?: unknown;
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
  c[WATCH] ??= { content: undefined, replaced: [], isSet: c.finalized, depth: 0 };
  c[WATCH].depth++;
  return c[WATCH];
}

/** What is seen of a context; undefined where it passed no `etag()`. */
export function watchOf(c: object): Watch | undefined {
  return (c as Partial<Watched>)[WATCH];
}

/** Ends what `watch` began, when the response is finished. */
export function unwatch(seen: Watch, request: Request): void {
  if (--seen.depth === 0) seen.finished = request;
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
      if (found?.isSet) found.replaced.push({ response: this.res, content: found.content });
      inherited.set?.call(this, response);
      if (!found) return;
      found.isSet = response !== undefined;
      found.content = response && response === found.made?.response ? found.made.content : undefined;
      if (found.finished && response) keepTag(found.finished, this.res);
      if (this.error === found.error || !response) return;
      // Once, before a compressor works on it.
      found.error = this.error;
      refuseAgain(this.error, this.res);
    },
  });
}

function descriptorOf(object: object, name: string): PropertyDescriptor {
  return Object.getOwnPropertyDescriptor(object, name) ?? descriptorOf(Object.getPrototypeOf(object), name);
}

const WHOLE = Symbol.for('@etag/hono.whole');

// The overloads of the methods of a context say nothing that matters here: all that they are given is passed on.
type Make = (data: unknown, arg?: unknown, headers?: object) => Response;
type Makers = Record<'body' | 'json' | 'newResponse' | 'text', Make> & {
  html: (...args: Parameters<Make>) => Response | Promise<Response>;
} & Pick<Context, 'header' | 'status'>;

const TEXT = 'text/plain; charset=UTF-8';
const HTML = 'text/html; charset=UTF-8';
const JSON_TYPE = 'application/json';

/**
 * Watches what the methods of a context make responses of, so that text and bytes need not be read back from a finished
 * response: that costs more than the digest. And which fields a handler deletes: the validators that are known early are not on
 * its response yet, and would come after that.
 */
export function watchMethods(c: Context, watch: Watch): void {
  if (watch.isBlank !== undefined) return;
  const { body, header, html, newResponse, status, text } = c as unknown as Makers;
  watch.isBlank = isBlank(newResponse(null));
  const noted = noting(watch, body);
  const makers: Makers = {
    body: noted,
    newResponse: noting(watch, newResponse),
    text: (data, arg, headers) => bare(watch, data, TEXT, arg, headers) ?? note(watch, text(data, arg, headers), data),
    json(data, arg, headers) {
      const content = JSON.stringify(data);
      return (
        bare(watch, content, JSON_TYPE, arg, headers) ?? noted(content, arg, { 'Content-Type': JSON_TYPE, ...headers })
      );
    },
    html(data, arg, headers) {
      const plain = bare(watch, data, HTML, arg, headers);
      if (plain) return plain;
      const made = html(data, arg, headers);
      return made instanceof Promise ? made.then((made) => note(watch, made, WHOLE)) : note(watch, made, data);
    },
    header(...args) {
      watch.isBlank = false;
      const name = args[0].toLowerCase();
      if (args[1] !== undefined) watch.deleted?.delete(name);
      else watch.deleted = (watch.deleted ?? new Set()).add(name);
      header(...args);
    },
    status(code) {
      watch.isBlank = false;
      status(code);
    },
  };
  // Set one by one, they would keep each context alive beyond its request: see docs/decisions/007.
  Object.assign(c, makers);
}

/** Whether the responses of a context have nothing but what they are made of. */
function isBlank({ status, headers }: Response): boolean {
  return status === 200 && headers.keys().next().done === true;
}

/** Makes a response of text with its type and nothing else; undefined where it has something else. */
function bare(
  watch: Watch,
  content: unknown,
  type: string,
  status: unknown,
  headers: object | undefined,
): Response | undefined {
  const isPlain = watch.isBlank && headers === undefined && (status === undefined || status === 200);
  if (!isPlain || typeof content !== 'string') return undefined;
  const text = { content, type };
  const response = bareResponse(text);
  watch.made = { ...text, response };
  return response;
}

function noting(watch: Watch, make: Make): Make {
  return (data, arg, headers) => note(watch, make(data, arg, headers), data);
}

function note(watch: Watch, response: Response, content: unknown): Response {
  watch.made = { response, content };
  return response;
}

/** The text that a response has with its type and nothing else, as far as anybody has seen; undefined for any other. */
export function textOf({ made, deleted }: Watch, response: Response): TextContent | undefined {
  const isBare = made?.response === response && made.type !== undefined && !deleted;
  return isBare && isUnseen(response) ? (made as TextContent & Made) : undefined;
}

/**
 * What is known of the response that a context has.
 *
 * @param seen - what `watch` and `watchMethods` saw until then
 */
export function knownOf(seen: Watch, response: Response, mayBeCoded: boolean, route: () => string | null): Known {
  const uncoded = uncodedOf(seen, response);
  const { content } = uncoded ?? seen;
  const fields = uncoded?.response.headers;
  return {
    hasState: seen.hasState,
    content: typeof content === 'string' || content instanceof Uint8Array ? content : undefined,
    // Of what was coded, nothing but its source tells whether it ends.
    isWhole: content === undefined && !uncoded ? undefined : isWhole(content),
    plainTag: fields && takeOwnTag(fields),
    plainLength: fields && Number(fields.get('content-length') ?? Number.NaN),
    route,
    mayBeCoded,
  };
}

/** The tag that a response had until it was coded, null for none; undefined where it was not coded since. */
export function plainTagOf(seen: Watch, response: Response): EntityTag | null | undefined {
  const uncoded = uncodedOf(seen, response);
  return uncoded && takeOwnTag(uncoded.response.headers);
}

/** What a compressor made another response of; undefined where none did, and a coded response came as it is. */
function uncodedOf({ replaced }: Watch, response: Response): Made | undefined {
  if (replaced.length === 0 || !isCoded(response)) return undefined;
  const before = replaced.filter((one) => !isCoded(one.response)).at(-1);
  const isTaken = before && (before.response.bodyUsed || before.response.body?.locked);
  return isTaken ? before : undefined;
}

function isCoded({ headers }: Response): boolean {
  return headers.get('content-encoding') !== null;
}

function isWhole(content: unknown): boolean {
  return content === WHOLE || content instanceof Blob || content instanceof ArrayBuffer;
}
