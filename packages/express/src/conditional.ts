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

// The methods of a response are overloaded; whatever they are given is passed on.
type Method = (...args: unknown[]) => unknown;
type Methods = Record<'send' | 'write' | 'end', Method>;

/** Has a response tagged, and its preconditions evaluated, when it is sent. Streams pass as they come, untagged. */
export function conditional(req: AnyRequest, res: Response, next: NextFunction, options: ContentTagOptions): void {
  const { send, write, end } = res as unknown as Methods;
  const override = (methods: Partial<Methods>) => Object.assign(res, methods);
  let settled = false;
  let replaced = false;

  // Evaluates the preconditions, once; returns what the response is to end with in place of the content, if anything.
  const settle = (): Buffer[] | undefined => {
    if (settled || !isConditional(req.method, res.statusCode)) return;
    settled = true;
    const etag = parseEntityTag(fieldOf(res, 'etag'));
    const lastModified = parseHttpDate(fieldOf(res, 'last-modified'));
    // Without a validator there is nothing to compare with.
    const outcome = etag || lastModified !== null ? evaluate(req, res, { etag, lastModified }) : 'proceed';
    if (outcome === 'proceed') return;
    return outcome === 'not-modified' ? [] : [refuse(res, outcome)];
  };
  const settling =
    (end: Method) =>
    (...args: unknown[]) => {
      const content = settle();
      return end.apply(res, content ? [...content, ...callbacks(args)] : args);
    };
  // Ends a response whose content was not sent. By its type, for which send() has a default, compression() adds its Vary.
  const endInstead = (unsent: unknown, content: Buffer[]) => {
    if (!res.hasHeader('Content-Type')) res.type(typeof unsent === 'string' ? 'html' : 'bin');
    return Reflect.apply(res.end, res, content);
  };
  // Ends a response of which more is to come; 'finish' tells whoever produces it, the rest is not written.
  const cutShort = () => {
    const content = settle();
    replaced ||= content !== undefined;
    if (content) process.nextTick(() => end.apply(res, content));
  };
  const ignore = (args: unknown[]) => {
    for (const callback of callbacks(args)) process.nextTick(callback);
  };

  // The head may be written first, as compression() mounted inside does.
  finishHead(res, cutShort);
  override({
    write: (...args) => {
      cutShort();
      if (!replaced) return write.apply(res, args);
      ignore(args);
      return true;
    },
    end: (...args) => {
      if (!replaced) return settling(end)(...args);
      ignore(args);
      return res;
    },
    send: (...args) => {
      const sendTagged = (tag: string) => {
        res.setHeader('ETag', tag);
        if (tag !== UNTAGGED) {
          // Settled here, content that does not go out is not made bytes of.
          const content = settle();
          return content ? endInstead(args[0], content) : send.apply(res, args);
        }
        // compression() mounted inside has put its end() before ours; it need not code what does not go out.
        override({ end: settling(res.end as Method) });
        return send.apply(res, args);
      };
      const tag = tagOf(req, res, args[0], options);
      if (typeof tag === 'string') return sendTagged(tag);
      // By then, an error handler may have sent something.
      const sending = tag.then((tag) => res.headersSent || Boolean(sendTagged(tag)));
      nextAfter(sending, next);
      return res;
    },
  });
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

function callbacks(args: unknown[]): (() => void)[] {
  return args.filter((argument) => typeof argument === 'function') as (() => void)[];
}
