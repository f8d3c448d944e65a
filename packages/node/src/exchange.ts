import { Buffer } from 'node:buffer';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import {
  addValidators,
  type Circumstances,
  codeTag,
  comparesDates,
  type DecisionEvent,
  type EntityTag,
  evaluateResponse,
  hasObsText,
  hasPreconditions,
  isEtagError,
  isObserved,
  isOff,
  passBy,
  type ReadDecision,
  type ReadOptions,
  type RequestHead,
  removeValidators,
  tagContent,
  takeOwnTag,
  takesContentTag,
  takesValidators,
  toNotModified,
} from '@etag/core';
import { accessors, type Interception, type Method, type Methods, methodsOf } from './methods.ts';
import { stopProducer } from './producer.ts';
import { setStatus, writeRefusal } from './refusal.ts';
import { LiveRequestHead, requestHead } from './request-head.ts';
import { NodeResponseHead } from './response-head.ts';
import { setHead, writeThrough } from './wrapped-head.ts';

/** What a response ends with instead of its content: nothing for a 304, problem details for a 412. */
export type Replacement = { readonly content: Buffer | null };

type Content = string | Uint8Array;

/** How the content of a response is tagged, and who is told where that fails. */
export interface Finish extends ReadOptions {
  readonly fail: (error: unknown) => void;
}

// Registered, so that two copies of this package share the exchange of a response.
const EXCHANGE = Symbol.for('@etag/node');

/**
 * The exchange of a response.
 *
 * @param res - a response
 * @returns undefined where it is not intercepted
 */
export function exchangeOf(res: object): Exchange | undefined {
  return (res as { [EXCHANGE]?: Exchange })[EXCHANGE];
}

/**
 * Intercepts a response to a read: it is finished when its content is known or its head is written.
 *
 * @param req - the request
 * @param res - its response, of which nothing is sent yet
 * @param intercept - puts our methods before those of the response, and returns the latter
 * @returns the exchange; the same one for the same response
 */
export function intercepted(
  req: IncomingMessage,
  res: ServerResponse,
  intercept: (res: ServerResponse) => Methods = interceptOwn,
): Exchange {
  return exchangeOf(res) ?? new Exchange(req, res, intercept);
}

/**
 * Puts our methods before those of one response.
 *
 * @param res - a response
 * @returns what they did before
 */
export function interceptOwn(res: ServerResponse): Methods {
  const before = methodsOf(res);
  Object.defineProperties(res, OWN);
  return before;
}

/** They stand on a response whose exchange there is. Made once for all of them: see docs/decisions/007. */
const OWN = accessors({}, exchangeOf);

/** The methods that stand before those of every response. They are not closures: see docs/decisions/007. */
const ENTRY: Methods = {
  _implicitHeader(...args) {
    return exchangeOf(this)?._implicitHeader(args, null);
  },
  writeHead(...args) {
    return exchangeOf(this)?.writeHead(args, null);
  },
  write(...args) {
    return exchangeOf(this)?.write(args, null);
  },
  end(...args) {
    return exchangeOf(this)?.end(args, null);
  },
};

/** A response between its handler and the wire. */
export class Exchange implements Interception, Circumstances {
  entry: Methods = ENTRY;
  /** How content is tagged; null where it is not. */
  finish: Finish | null = null;
  /** Told of the decision on the finished response. */
  onDecision: ((event: DecisionEvent) => void) | undefined;
  /** Names the route of a request; null where the framework has none. Not a closure: see docs/decisions/007. */
  nameRoute: ((req: never) => string | null) | null = null;
  readonly handlerRan = true;
  /** Whether its validators are known before the handler runs: no tag of the content takes their place, where they are not found. */
  hasState = false;
  /** Whether something that is not a tag stands in ETag for the time being: it must not leave. */
  hasPlaceholder = false;
  readonly request: RequestHead;
  readonly head: NodeResponseHead;
  readonly #req: IncomingMessage;
  readonly #res: ServerResponse;
  /** What the methods did before. */
  readonly #before: Methods;
  /** What others put in their place since, the last ones; null for none. */
  #replaced: Partial<Methods> | null = null;
  #read: ReadDecision | null = null;
  /** What was decided on validators that were known before the handler ran. */
  #early: ReadDecision | null = null;
  /** What is piped into the response; null where nothing is, or nothing will cut it short. */
  #producers: Readable[] | null = null;
  #content: Content | undefined;
  #isFinished = false;
  #isCutShort = false;
  /** Whether the head must be written now. */
  #isDue = false;
  /** Whether the end is being written: what that calls in turn is not the handler's. */
  #isEnding = false;
  /** Whether the handler has ended the response, and its tag is still being made. */
  isPending = false;
  /** The tag without a coding; undefined until the head is finished. */
  #tag: string | null | undefined;

  constructor(req: IncomingMessage, res: ServerResponse, intercept: (res: ServerResponse) => Methods) {
    this.#req = req;
    this.#res = res;
    this.request = new LiveRequestHead(req, requestHead);
    this.head = new NodeResponseHead(res);
    (res as { [EXCHANGE]?: Exchange })[EXCHANGE] = this;
    this.#before = intercept(res);
    // Only an answer to preconditions cuts a response short.
    if (hasPreconditions(req.headers)) this.#watchProducers();
  }

  #watchProducers(): void {
    const producers: Readable[] = [];
    this.#producers = producers;
    this.#res.on('pipe', (producer: Readable) => producers.push(producer));
  }

  route(): string | null {
    return this.nameRoute?.(this.#req as never) ?? null;
  }

  get contentLength(): number | undefined {
    return this.#content === undefined ? undefined : Buffer.byteLength(this.#content);
  }

  replace(name: keyof Methods, method: Method): void {
    this.#replaced = { ...this.#replaced, [name]: method };
    this.entry = {
      ...this.entry,
      [name](this: ServerResponse, ...args: unknown[]) {
        return exchangeOf(this)?.[name](args, method);
      },
    };
  }

  /** Adds validators on which it was decided before the handler runs. It sees them, and can set its own. */
  add(early: ReadDecision): void {
    addValidators(this.request.method, this.head, early.state);
    this.#early = early;
  }

  /** The response is another one than the handler's: no preconditions, and none of the validators that were known early. */
  forget(): void {
    this.#early = null;
    this.#isFinished = true;
  }

  /**
   * Tags the response and evaluates its preconditions, once, while the head is as the handler finished it.
   *
   * @param content - all of it, before any coding; undefined where it is not known
   * @returns what to end with instead; undefined to go on; a promise where the digest gives one
   */
  settle(content: Content | undefined): Replacement | undefined | Promise<Replacement | undefined> {
    if (this.#isFinished || isOff(this.#req)) return undefined;
    this.#isFinished = true;
    const { method } = this.request;
    if (passBy(method, this.head)) return undefined;
    // It was evaluated before; the handler may have added a date since.
    if (this.#hasEarlyTag() && !isObserved(this) && !comparesDates(this.request.headers)) {
      this.#read = this.#early;
      return undefined;
    }
    this.#content = content;
    const { finish } = this;
    const isTagged = finish && !this.hasState && content !== undefined && takesContentTag(method, this.head);
    const tag = isTagged ? tagContent(this.request, content, finish, this) : takeOwnTag(this.head.headers);
    return tag instanceof Promise ? this.#evaluateLater(tag) : this.#evaluate(tag);
  }

  /** For the handler, the response has ended, as it has where the tag is made at once: what it does after that does not count. */
  #evaluateLater(tag: Promise<EntityTag | null>): Promise<Replacement | undefined> {
    const res = this.#res;
    const { statusCode } = res;
    this.isPending = true;
    // Error handlers go by this.
    Object.defineProperty(res, 'headersSent', { value: true, configurable: true });
    const resume = () => {
      this.isPending = false;
      Reflect.deleteProperty(res, 'headersSent');
      res.statusCode = statusCode;
    };
    return tag.finally(resume).then((tag) => this.#evaluate(tag));
  }

  /** Whether the tag of the response is the one that was known early. It names the representation without a coding. */
  #hasEarlyTag(): boolean {
    const tag = this.#early?.state.etag;
    return tag != null && this.head.get('etag') === tag;
  }

  #evaluate(tag: EntityTag | null): Replacement | undefined {
    // While the digest was made, the head may have been flushed.
    if (this.#res.headersSent) return undefined;
    try {
      this.#read = evaluateResponse(this.request, this.head, tag, this.#hasEarlyTag(), this);
    } catch (error) {
      if (!isEtagError(error)) throw error;
      this.forget();
      return { content: writeRefusal(this.#res, error) };
    }
    // To set what is there costs more than to ask.
    if (tag && this.head.get('etag') !== tag) this.head.set('etag', tag);
    if (this.#read.decision.outcome === 'proceed') return undefined;
    return this.notModified(this.#read);
  }

  /** Makes the response a 304; its fields become those of one when the head is written. */
  notModified(read: ReadDecision): Replacement {
    this.#isFinished = true;
    this.#read = read;
    setStatus(this.#res, 304);
    // By its length, a compressor would code content that is not sent.
    this.head.delete('content-length');
    return { content: null };
  }

  _implicitHeader(args: unknown[], replaced: Method | null): unknown {
    return this.#pass(replaced ?? this.#before._implicitHeader, args);
  }

  /** Calls a method that writes: what stands behind it finds that the head is due. */
  #pass(method: Method, args: unknown[]): unknown {
    const isDue = this.#isDue;
    this.#isDue = true;
    try {
      return method.apply(this.#res, args);
    } finally {
      this.#isDue = isDue;
    }
  }

  writeHead(args: unknown[], replaced: Method | null): unknown {
    if (this.isPending) return this.#res;
    // Too late: Node throws.
    if (this.#res.headersSent) return this.#before.writeHead.apply(this.#res, args);
    setHead(this.#res, args);
    // Node sends no head before content comes, so that it can wait for the content.
    const canWait = !this.#isDue && this.#before._implicitHeader !== undefined;
    if (canWait) return this.#res;
    if (this.#isOutermost('writeHead', replaced)) {
      const replacement = this.settle(undefined) as Replacement | undefined;
      if (replacement) {
        this.#cutShort(replacement);
        return this.#res;
      }
    }
    const head = [this.#res.statusCode];
    if (replaced) return replaced.apply(this.#res, head);
    return writeThrough(this.#res, this.#before, head, () => this.#finishHead());
  }

  write(args: unknown[], replaced: Method | null): unknown {
    if (!this.#isEnding && isContent(args[0]) && this.#isOutermost('write', replaced)) {
      if (this.isPending) return callBack(args);
      const replacement = this.settle(undefined) as Replacement | undefined;
      if (replacement) this.#cutShort(replacement);
      if (this.#isCutShort) return callBack(args);
      this.#toBytes(args);
    }
    return this.#pass(replaced ?? this.#before.write, args);
  }

  end(args: unknown[], replaced: Method | null): unknown {
    const end = replaced ?? this.#before.end;
    if (!this.#isOutermost('end', replaced)) return this.#pass(end, args);
    if (this.#isCutShort || this.isPending) return callBack(args) && this.#res;
    const content = contentOf(this.request.method, args);
    const replacement = this.#res.headersSent || content === null ? undefined : this.settle(content);
    if (replacement instanceof Promise) {
      replacement.then((it) => this.#endWith(it, args, end)).catch((error) => this.finish?.fail(error));
      return this.#res;
    }
    return this.#endWith(replacement, args, end);
  }

  #endWith(replacement: Replacement | undefined, args: unknown[], end: Method): unknown {
    if (!replacement) {
      this.#toBytes(args);
      return this.#pass(end, args);
    }
    return this.#endShort(end, [...contentArgs(replacement), ...callbacksOf(args)]);
  }

  /** Together with text, Node writes the head as UTF-8; a tag with letters beyond ASCII would arrive as another one. */
  #toBytes(args: unknown[]): void {
    const [chunk, encoding] = args;
    if (typeof chunk !== 'string' || !hasObsText(this.#read?.state.etag)) return;
    args[0] = Buffer.from(chunk, typeof encoding === 'string' ? (encoding as 'utf8') : 'utf8');
  }

  /** Ends a response of which more is to come; the rest is not written. */
  #cutShort(replacement: Replacement): void {
    this.#endShort(this.#replaced?.end ?? this.#before.end, contentArgs(replacement));
  }

  #endShort(end: Method, args: unknown[]): unknown {
    this.#isCutShort = true;
    this.#isEnding = true;
    for (const producer of this.#producers ?? []) stopProducer(producer);
    try {
      return this.#pass(end, args);
    } finally {
      this.#isEnding = false;
    }
  }

  #isOutermost(name: keyof Methods, replaced: Method | null): boolean {
    return (this.#replaced?.[name] ?? null) === replaced;
  }

  /** The last that happens to a head. Called again where a compressor sets fields after us. */
  #finishHead(): void {
    const { status, headers } = this.head;
    if (this.hasPlaceholder) takeOwnTag(headers);
    if (status === 304) toNotModified(headers, this.#read);
    else if (this.#early && (isOff(this.#req) || !takesValidators(this.request.method, status)))
      removeValidators(headers, this.#early.state);
    if (!this.#read || this.#read.isSettled) return;
    if (this.#tag === undefined) this.#tag = headers.get('etag');
    else if (this.#tag !== null) headers.set('etag', this.#tag);
    codeTag(this.request, this.head);
  }
}

/** The content that `end()` is given; undefined where that says nothing of the content, null where Node takes it for none. */
function contentOf(method: string, [chunk, encoding]: unknown[]): Content | undefined | null {
  if (typeof chunk === 'string') return typeof encoding === 'string' ? Buffer.from(chunk, encoding as 'utf8') : chunk;
  if (chunk instanceof Uint8Array) return chunk;
  // Node throws, and another answer may follow.
  if (chunk && typeof chunk !== 'function') return null;
  // A HEAD without content has none to tell the tag from (RFC 9110 §9.3.2).
  return method === 'HEAD' ? undefined : '';
}

/** Whether `write()` takes this. Where it throws, another answer may follow. */
function isContent(chunk: unknown): chunk is Content {
  return typeof chunk === 'string' || chunk instanceof Uint8Array;
}

function contentArgs({ content }: Replacement): unknown[] {
  return content === null ? [] : [content];
}

function callbacksOf(args: unknown[]): (() => void)[] {
  return args.filter((argument): argument is () => void => typeof argument === 'function');
}

/** Content that is not written counts as written, to whoever waits for that. */
function callBack(args: unknown[]): true {
  for (const callback of callbacksOf(args)) process.nextTick(callback);
  return true;
}
