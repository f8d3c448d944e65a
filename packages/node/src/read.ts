import { Buffer } from 'node:buffer';
import type { ServerResponse } from 'node:http';
import {
  addValidators,
  type Circumstances,
  codeTag,
  comparesDates,
  type DecisionEvent,
  type EntityTag,
  evaluateRead,
  evaluateResponse,
  hasObsText,
  isEtagError,
  isObserved,
  isOff,
  passBy,
  type ReadDecision,
  type ReadOptions,
  type RequestHead,
  type ResourceState,
  type ResponseFields,
  type ResponseHead,
  removeValidators,
  tagContent,
  takeOwnTag,
  takesContentTag,
  takesValidators,
  toNotModified,
  toRefusal,
} from '@etag/core';
import { type Method, type Methods, methodsOf } from './methods.ts';
import { NodeResponseHead } from './response-head.ts';
import { setHead, writeThrough } from './wrapped-head.ts';
import { WrittenHead } from './written-head.ts';

// Registered, so that two copies of this package share the read of a response.
const READ = Symbol.for('@etag/node/read');

/**
 * The read that a response answers.
 *
 * @param res - a response
 * @returns undefined where its head is not intercepted
 */
export function readOf(res: object): Read | undefined {
  return (res as { [READ]?: Read })[READ];
}

/**
 * Intercepts the head of a response to a read, for frameworks that say themselves when a response is finished.
 *
 * @param request - the head of the request
 * @param res - its response, of which nothing is sent yet
 * @param head - the head as the framework keeps it until it writes it; @default that of the response
 * @returns the read; the same one for the same response
 */
export function interceptedRead(request: RequestHead, res: ServerResponse, head?: ResponseHead & ResponseFields): Read {
  return readOf(res) ?? new Read(request, res, head);
}

/** Stands before the method of every response. It is not a closure: see docs/decisions/007. */
const writeHead = function (this: ServerResponse, ...args: unknown[]) {
  return readOf(this)?.writeHead(args);
} as ServerResponse['writeHead'];

/** A read between its handler and the wire. Of Node's response, only the head is intercepted. */
export class Read implements Circumstances {
  readonly request: RequestHead;
  /** As the framework keeps it until it writes it. */
  readonly head: ResponseHead & ResponseFields;
  /** Told of the decision on the finished response. */
  onDecision: ((event: DecisionEvent) => void) | undefined;
  /** What the framework knows of the request, for `nameRoute`. */
  routed: object | null = null;
  /** Names the route of that; null where the framework has none. Not a closure: see docs/decisions/007. */
  nameRoute: ((routed: never) => string | null) | null = null;
  readonly handlerRan = true;
  /** Whether its validators are known before the handler runs: no tag of the content takes their place, where they are not found. */
  hasState = false;
  readonly #res: ServerResponse;
  /** Whether the framework keeps all fields by itself: what it gives to `writeHead()` are the same. */
  readonly #isKept: boolean;
  /** The methods of a response whose head others intercept, too; null for those that it inherits. */
  readonly #before: Methods | null;
  #content: string | Uint8Array | undefined;
  #read: ReadDecision | null = null;
  /** The validators that were known before the handler ran. */
  #added: ResourceState | null = null;
  /** The tag without a coding; undefined until the head is finished. */
  #tag: string | null | undefined;

  constructor(request: RequestHead, res: ServerResponse, head?: ResponseHead & ResponseFields) {
    this.request = request;
    this.#res = res;
    this.#isKept = head !== undefined;
    this.head = head ?? new NodeResponseHead(res);
    this.#before = Object.hasOwn(res, 'writeHead') ? methodsOf(res) : null;
    (res as { [READ]?: Read })[READ] = this;
    res.writeHead = writeHead;
  }

  route(): string | null {
    return this.nameRoute?.(this.routed as never) ?? null;
  }

  get contentLength(): number | undefined {
    return this.#content === undefined ? undefined : Buffer.byteLength(this.#content);
  }

  /**
   * Evaluates the preconditions on validators that are known before the handler runs, and gives them to the response. The
   * handler sees them, and can set its own.
   *
   * @param state - the validators
   * @param circumstances - who is told of the decision
   * @returns whether the response is a 304: its status is still to be set
   * @throws PreconditionFailedError (412)
   */
  evaluateState(state: ResourceState, circumstances?: Circumstances): boolean {
    const decision = evaluateRead(this.request, state, 200, circumstances);
    const isNotModified = decision.outcome === 'not-modified';
    this.#read = { decision, state, isSettled: isNotModified && decision.reason === 'matched' };
    if (!isNotModified) {
      // The status is the handler's to set; Koa begins with a 404.
      addValidators(this.request.method, { status: 200, headers: this.head }, state);
      this.#added = state;
      this.#keep(state.etag);
    }
    return isNotModified;
  }

  /**
   * Whether the response, as its handler finished it, gets a tag made from its content.
   *
   * @returns false for what is not a 2xx, has a tag of its own, is not to be stored or does not end
   */
  takesContentTag(): boolean {
    return !this.hasState && takesContentTag(this.request.method, this.head);
  }

  /**
   * Tags the response as its handler finished it, and evaluates its preconditions.
   *
   * @param content - all of it, before any coding, where it is to be tagged; undefined where it is not
   * @param options - `weak`, `digest` and `timeout`
   * @param isCodedSince - whether the content coding was applied after the handler finished the head
   * @returns whether the response is a 304: its status is still to be set; a promise where the digest gives one
   * @throws PreconditionFailedError (412); what was said of the representation is gone then, whoever answers
   */
  evaluate(
    content: string | Uint8Array | undefined,
    options: ReadOptions = {},
    isCodedSince = false,
  ): boolean | Promise<boolean> {
    if (passBy(this.request.method, this.head)) return false;
    this.#content = content;
    const tag = content === undefined ? this.#ownTag() : tagContent(this.request, content, options, this);
    if (tag === null || typeof tag === 'string') return this.#evaluate(tag, isCodedSince);
    return tag.then((tag) => this.#evaluate(tag, isCodedSince));
  }

  /** The tag that the response has. One that was known early was checked then. */
  #ownTag(): EntityTag | null {
    const known = this.#read?.state.etag;
    return known != null && this.head.get('etag') === known ? known : takeOwnTag(this.head);
  }

  #evaluate(tag: EntityTag | null, isCodedSince: boolean): boolean {
    // While the digest was made, an error handler may have answered.
    if (this.#res.headersSent) return false;
    const isOurs = this.#isOurs(tag);
    // It was evaluated before; the handler may have added a date since.
    if (isOurs && !isObserved(this) && !comparesDates(this.request.headers)) return false;
    try {
      this.#read = evaluateResponse(this.request, this.head, tag, isCodedSince || isOurs, this);
    } catch (error) {
      this.forget();
      if (isEtagError(error)) toRefusal(this.head, { ...error, headers: {} });
      throw error;
    }
    // To set what is there costs more than to ask.
    if (tag && this.head.get('etag') !== tag) this.head.set('etag', tag);
    this.#keep(tag);
    return this.#read.decision.outcome === 'not-modified';
  }

  /** Whether the response had this tag before. It names the representation without a coding. */
  #isOurs(tag: EntityTag | null): boolean {
    return tag !== null && this.#read?.isSettled === false && this.#read.state.etag === tag;
  }

  /** Another response is sent instead, such as a refusal: it keeps the fields that it is given. */
  forget(): void {
    this.#read = null;
    this.#added = null;
  }

  /** The framework writes the head. */
  writeHead(args: unknown[]): unknown {
    const res = this.#res;
    // Where nothing finishes the response, what was decided early is told now.
    if (this.hasState && isObserved(this)) this.#tell(args[0] as number);
    // Most heads leave as they are. To set the fields one by one would cost more than all the rest.
    const inherited = Object.getPrototypeOf(res).writeHead;
    if (this.#isFinal(args)) return inherited.apply(res, args);
    const [status, fields] = args;
    if (isRecord(fields) && !this.#before && res.getHeaderNames().length === 0) {
      const head = new WrittenHead(status as number, fields);
      this.#finishHead(head);
      return inherited.call(res, status, head.fields);
    }
    setHead(res, args);
    const head = new NodeResponseHead(res);
    if (this.#before) return writeThrough(res, this.#before, [res.statusCode], () => this.#finishHead(head));
    this.#finishHead(head);
    return inherited.call(res, res.statusCode);
  }

  #tell(status: number): void {
    if (!takesValidators(this.request.method, status)) return;
    const untagged = this.head.get('etag') === null ? this.head : null;
    evaluateRead(this.request, this.#added, status, this, untagged);
  }

  #isFinal({ 0: status, length }: unknown[]): boolean {
    // Others that intercept the head may set the coding, as may what is given to the method.
    if (this.#before || status === 304 || (length > 1 && !this.#isKept)) return false;
    if (this.#losesAdded(status as number) || this.#hasAnother()) return false;
    return this.#read === null || this.#read.isSettled || this.head.get('content-encoding') === null;
  }

  /** Whether the validators that were known early are not those of the response. */
  #losesAdded(status: number): boolean {
    return this.#added !== null && (isOff(this.#res.req) || !takesValidators(this.request.method, status));
  }

  /** Whether the handler said something else of a tag that was known early. It may be none. */
  #hasAnother(): boolean {
    return this.hasState && this.head.get('etag') !== (this.#read?.state.etag ?? null);
  }

  /** The last that happens to a head. Called again where a compressor sets fields after us. */
  #finishHead(head: ResponseHead & ResponseFields): void {
    if (this.hasState) takeOwnTag(head);
    if (head.status === 304) toNotModified(head, this.#read);
    else if (this.#added && this.#losesAdded(head.status)) removeValidators(head, this.#added);
    if (!this.#read || this.#read.isSettled) return;
    if (this.#tag === undefined) this.#tag = head.get('etag');
    else if (this.#tag !== null) head.set('etag', this.#tag);
    codeTag(this.request, head);
  }

  /** Together with text, Node writes the head as UTF-8; a tag with letters beyond ASCII would arrive as another one. */
  #keep(tag: EntityTag | null | undefined): void {
    if (!hasObsText(tag)) return;
    const { write, end } = this.#res;
    Object.assign(this.#res, { write: asBytes(write as Method), end: asBytes(end as Method) });
  }
}

function isRecord(fields: unknown): fields is Record<string, string> {
  return typeof fields === 'object' && fields !== null && !Array.isArray(fields);
}

/** What is written as text is written as bytes. */
function asBytes(method: Method): Method {
  return function (chunk, encoding, ...rest) {
    const isText = typeof chunk === 'string';
    const bytes = isText ? Buffer.from(chunk, typeof encoding === 'string' ? (encoding as 'utf8') : 'utf8') : chunk;
    return method.call(this, bytes, encoding, ...rest);
  };
}
