import {
  type ContentTagOptions,
  codedTag,
  contentTag,
  type EntityTag,
  evaluatePreconditions,
  fieldValue,
  isConditional,
  isTaggable,
  namedTag,
  PreconditionFailedError,
  parseEntityTag,
  parseHttpDate,
  type ResourceState,
} from '@etag/core';
import type { NextFunction, Response } from 'express';
import { nextAfter } from './current.js';
import { refuse } from './errors.js';
import { fieldOf, finishedHead, finishHead, headOf, isDated, leaveUntagged, ownTag } from './head.js';
import { isMeant, type Replaced, replacing } from './methods.js';

/**
 * Evaluates the preconditions of a read. Where the client has the representation, the head becomes that of a 304.
 *
 * @param state - the validators, without a content coding
 * @see RFC 9110 §13.2
 */
export function evaluate(res: Response, state: ResourceState): 'proceed' | 'not-modified' | PreconditionFailedError {
  const request = headOf(res.req);
  const decision = evaluatePreconditions(request, state, { status: res.statusCode, named: namedTag });
  if (decision.outcome === 'proceed') return decision.outcome;
  const coded = state.etag && codedTag(state.etag, fieldOf(res, 'content-encoding'));
  if (decision.outcome === 'failed') return new PreconditionFailedError(request.method, decision, { etag: coded });
  const sent = state.etag && (namedTag(fieldValue(request.headers, 'if-none-match'), state.etag) ?? coded);
  if (sent) res.setHeader('ETag', sent);
  // Whoever holds a coded form of the tag stored a response that varies by coding.
  if (sent !== state.etag) res.vary('Accept-Encoding');
  // By its length, compression() would code content that is not sent.
  res.status(304).removeHeader('Content-Length');
  return decision.outcome;
}

/** Has a response tagged, and its preconditions evaluated, when it is sent. Streams pass as they come, untagged. */
export function conditional(res: Response, next: NextFunction, options: ContentTagOptions): void {
  const outer = sendingOf(res);
  if (outer) {
    outer.becomes(next, options);
    return;
  }
  const sending = new Sending(res, replaceMethods(res), next, options);
  // The head may be written first, as compression() mounted inside does.
  finishHead(res, () => sending.cutShort()).sending = sending;
}

function sendingOf(res: Response): Sending | undefined {
  return finishedHead(res)?.sending;
}

const replaceMethods = replacing<'send' | 'write' | 'end'>((before) => {
  const meant = (res: Response) => {
    const sending = sendingOf(res);
    return isMeant(sending?.replaced, before) ? sending : undefined;
  };
  return {
    send(...args) {
      const sending = meant(this);
      return sending ? sending.send(args) : before?.send.apply(this, args);
    },
    write(...args) {
      const sending = meant(this);
      return sending ? sending.write(args) : before?.write.apply(this, args);
    },
    end(...args) {
      const sending = meant(this);
      return sending ? sending.end(args) : before?.end.apply(this, args);
    },
  };
});

/** A response between its handler and the wire. */
export class Sending {
  /** What the methods of the response did before. */
  readonly replaced: Replaced<'send' | 'write' | 'end'>;
  readonly #res: Response;
  #next: NextFunction;
  #options: ContentTagOptions;
  #settled = false;
  #ended = false;

  constructor(res: Response, replaced: Sending['replaced'], next: NextFunction, options: ContentTagOptions) {
    this.replaced = replaced;
    this.#res = res;
    this.#next = next;
    this.#options = options;
  }

  /** A middleware further in says otherwise. */
  becomes(next: NextFunction, options: ContentTagOptions): void {
    this.#next = next;
    this.#options = options;
  }

  send(args: unknown[]): unknown {
    // Express renders it, and sends it again as text.
    if (!isContent(args[0])) return this.replaced.before.send.apply(this.#res, args);
    const tag = tagOf(this.#res, args[0], this.#options);
    if (tag === null || typeof tag === 'string') return this.#sendTagged(tag, args);
    // By then, an error handler may have sent something.
    const sending = tag.then((tag) => this.#res.headersSent || Boolean(this.#sendTagged(tag, args)));
    nextAfter(sending, this.#next);
    return this.#res;
  }

  write(args: unknown[]): unknown {
    this.cutShort();
    if (!this.#ended) return this.replaced.before.write.apply(this.#res, args);
    ignore(args);
    return true;
  }

  end(args: unknown[]): unknown {
    if (this.#ended) {
      ignore(args);
      return this.#res;
    }
    const content = this.#settle();
    return this.replaced.before.end.apply(this.#res, content ? [...content, ...callbacks(args)] : args);
  }

  /** Ends a response of which more is to come; 'finish' tells whoever produces it, the rest is not written. */
  cutShort(): void {
    const content = this.#settle();
    if (!content) return;
    this.#ended = true;
    process.nextTick(() => this.replaced.before.end.apply(this.#res, content));
  }

  #sendTagged(tag: EntityTag | null, args: unknown[]): unknown {
    const res = this.#res;
    if (tag) res.setHeader('ETag', tag);
    else leaveUntagged(res);
    // Settled here, content that does not go out is not made bytes of.
    const content = this.#settle(tag);
    if (!content) return this.replaced.before.send.apply(res, args);
    // By the type, for which send() has a default, compression() adds its Vary.
    if (!res.hasHeader('Content-Type')) res.type(typeof args[0] === 'string' ? 'html' : 'bin');
    return Reflect.apply(res.end, res, content);
  }

  /** Evaluates the preconditions, once; returns what the response is to end with in place of the content, if anything. */
  #settle(known?: EntityTag | null): Buffer[] | undefined {
    const res = this.#res;
    if (this.#settled || !isConditional(res.req.method, res.statusCode)) return;
    this.#settled = true;
    const etag = known ?? parseEntityTag(fieldOf(res, 'etag'));
    // Looked up where it matters only: fields are dear to look up.
    const lastModified = etag && !isDated(res.req) ? null : parseHttpDate(fieldOf(res, 'last-modified'));
    // Without a validator there is nothing to compare with.
    const outcome = etag || lastModified !== null ? evaluate(res, { etag, lastModified }) : 'proceed';
    if (outcome === 'proceed') return;
    return outcome === 'not-modified' ? [] : [refuse(res, outcome)];
  }
}

/** Whether send() sends this as it is: text, bytes, or nothing. */
function isContent(body: unknown): boolean {
  return typeof body === 'string' || body == null || ArrayBuffer.isView(body);
}

/** The tag that the application set, or that of the content where it may have one; null where there is none. */
function tagOf(res: Response, content: unknown, options: ContentTagOptions): EntityTag | Promise<EntityTag> | null {
  const own = ownTag(res);
  if (own) return parseEntityTag(own);
  const isKnown = typeof content === 'string' || content instanceof Uint8Array;
  const cacheControl = fieldOf(res, 'cache-control');
  const head = { status: res.statusCode, cacheControl, contentType: fieldOf(res, 'content-type') };
  return isKnown && isTaggable(res.req.method, head) ? contentTag(content, options) : null;
}

function ignore(args: unknown[]): void {
  for (const callback of callbacks(args)) process.nextTick(callback);
}

function callbacks(args: unknown[]): (() => void)[] {
  return args.filter((argument) => typeof argument === 'function') as (() => void)[];
}
