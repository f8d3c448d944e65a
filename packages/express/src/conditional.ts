import {
  type ContentTagOptions,
  codedTag,
  contentTag,
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
import { type AnyRequest, fieldOf, finishHead, headOf, UNTAGGED } from './head.js';

/**
 * Evaluates the preconditions of a read. Where the client has the representation, the head becomes that of a 304.
 *
 * @param state - the validators, without a content coding
 * @see RFC 9110 §13.2
 */
export function evaluate(
  req: AnyRequest,
  res: Response,
  state: ResourceState,
): 'proceed' | 'not-modified' | PreconditionFailedError {
  const request = headOf(req);
  const decision = evaluatePreconditions(request, state, { status: res.statusCode, named: namedTag });
  if (decision.outcome === 'proceed') return decision.outcome;
  const coded = state.etag && codedTag(state.etag, fieldOf(res, 'content-encoding'));
  if (decision.outcome === 'failed') return new PreconditionFailedError(req.method, decision, { etag: coded });
  const sent = state.etag && (namedTag(fieldValue(request.headers, 'if-none-match'), state.etag) ?? coded);
  if (sent) res.setHeader('ETag', sent);
  // Whoever holds a coded form of the tag stored a response that varies by coding.
  if (sent !== state.etag) res.vary('Accept-Encoding');
  // By its length, compression() would code content that is not sent.
  res.status(304).removeHeader('Content-Length');
  return decision.outcome;
}

/** Has a response tagged, and its preconditions evaluated, when it is sent. Streams pass as they come, untagged. */
export function conditional(req: AnyRequest, res: Response, next: NextFunction, options: ContentTagOptions): void {
  const sending = new Sending(req, res, next, options);
  // The head may be written first, as compression() mounted inside does.
  finishHead(res, () => sending.cutShort());
  const methods = res as unknown as Methods;
  methods.send = (...args) => sending.send(args);
  methods.write = (...args) => sending.write(args);
  methods.end = (...args) => sending.end(args);
}

// The methods of a response are overloaded; whatever they are given is passed on.
type Method = (...args: unknown[]) => unknown;
type Methods = Record<'send' | 'write' | 'end', Method>;

/** A response between its handler and the wire. */
class Sending {
  /** What the methods of the response did before. */
  private readonly inherited: Methods;
  private settled = false;
  private replaced = false;

  constructor(
    private readonly req: AnyRequest,
    private readonly res: Response,
    private readonly next: NextFunction,
    private readonly options: ContentTagOptions,
  ) {
    const { send, write, end } = res as unknown as Methods;
    this.inherited = { send, write, end };
  }

  send(args: unknown[]): unknown {
    const tag = tagOf(this.req, this.res, args[0], this.options);
    if (typeof tag === 'string') return this.sendTagged(tag, args);
    // By then, an error handler may have sent something.
    const sending = tag.then((tag) => this.res.headersSent || Boolean(this.sendTagged(tag, args)));
    nextAfter(sending, this.next);
    return this.res;
  }

  write(args: unknown[]): unknown {
    this.cutShort();
    if (!this.replaced) return this.inherited.write.apply(this.res, args);
    ignore(args);
    return true;
  }

  end(args: unknown[]): unknown {
    if (!this.replaced) return this.settleThen(this.inherited.end, args);
    ignore(args);
    return this.res;
  }

  /** Ends a response of which more is to come; 'finish' tells whoever produces it, the rest is not written. */
  cutShort(): void {
    const content = this.settle();
    if (!content) return;
    this.replaced = true;
    process.nextTick(() => this.inherited.end.apply(this.res, content));
  }

  private sendTagged(tag: string, args: unknown[]): unknown {
    const { res } = this;
    res.setHeader('ETag', tag);
    const end = res.end as Method;
    if (tag === UNTAGGED) {
      // compression() mounted inside has put its end() before ours; it need not code what does not go out.
      (res as unknown as Methods).end = (...args) => this.settleThen(end, args);
      return this.inherited.send.apply(res, args);
    }
    const content = this.settle();
    if (!content) return this.inherited.send.apply(res, args);
    // By the type, for which send() has a default, compression() adds its Vary.
    if (!res.hasHeader('Content-Type')) res.type(typeof args[0] === 'string' ? 'html' : 'bin');
    return end.apply(res, content);
  }

  private settleThen(end: Method, args: unknown[]): unknown {
    const content = this.settle();
    return end.apply(this.res, content ? [...content, ...callbacks(args)] : args);
  }

  /** Evaluates the preconditions, once; returns what the response is to end with in place of the content, if anything. */
  private settle(): Buffer[] | undefined {
    const { req, res } = this;
    if (this.settled || !isConditional(req.method, res.statusCode)) return;
    this.settled = true;
    const etag = parseEntityTag(fieldOf(res, 'etag'));
    const lastModified = parseHttpDate(fieldOf(res, 'last-modified'));
    // Without a validator there is nothing to compare with.
    const outcome = etag || lastModified !== null ? evaluate(req, res, { etag, lastModified }) : 'proceed';
    if (outcome === 'proceed') return;
    return outcome === 'not-modified' ? [] : [refuse(res, outcome)];
  }
}

/** The tag that the application set, or that of the content where it may have one. */
function tagOf(req: AnyRequest, res: Response, content: unknown, options: ContentTagOptions): string | Promise<string> {
  const own = fieldOf(res, 'etag');
  if (own && own !== UNTAGGED) return own;
  const known = typeof content === 'string' || content instanceof Uint8Array;
  const cacheControl = fieldOf(res, 'cache-control');
  const head = { status: res.statusCode, cacheControl, contentType: fieldOf(res, 'content-type') };
  return known && isTaggable(req.method, head) ? contentTag(content, options) : UNTAGGED;
}

function ignore(args: unknown[]): void {
  for (const callback of callbacks(args)) process.nextTick(callback);
}

function callbacks(args: unknown[]): (() => void)[] {
  return args.filter((argument) => typeof argument === 'function') as (() => void)[];
}
