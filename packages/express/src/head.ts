import { codedTag, isConditional, parseEntityTag, type RequestHead, staysOnNotModified } from '@etag/core';
import type { Request, Response } from 'express';
import type { Sending } from './conditional.js';
import { isMeant, type Methods, type Replaced, replacing } from './methods.js';

/** A request with whatever parameters. */
// biome-ignore lint/suspicious/noExplicitAny: Request<unknown> is no supertype of the requests of a route
export type AnyRequest = Request<any>;

/** What stands in ETag to keep Express from making a tag; it never leaves. */
const UNTAGGED = '(untagged)';

/** Keeps Express from making a tag, where the application has set none. The head of the response is to be finished. */
export function leaveUntagged(res: Response): void {
  if (res.hasHeader('ETag')) return;
  res.setHeader('ETag', UNTAGGED);
  const head = finishedHead(res);
  if (head) head.untagged = true;
}

/** The tag that the application has set; empty when there is none. */
export function ownTag(res: Response): string {
  const tag = fieldOf(res, 'etag');
  return tag === UNTAGGED ? '' : tag;
}

/** Whether a request has a precondition that compares dates. */
export function isDated({ headers }: AnyRequest): boolean {
  return headers['if-modified-since'] !== undefined || headers['if-unmodified-since'] !== undefined;
}

/** The head of a request in the terms of core. */
export function headOf(req: AnyRequest): RequestHead {
  const { method, headers } = req;
  // Of repeated dates `headers` has the first only. `headersDistinct` has all, and is made of all fields when it is asked.
  return { method, headers: (isDated(req) && req.headersDistinct) || headers };
}

/** The value of a response field; empty when it is not there. */
export function fieldOf(res: Response, name: string): string {
  return String(res.getHeader(name) ?? '');
}

/**
 * Finishes the head of a response as it is written: a coded response has a tag of its own, a 304 no metadata of content.
 *
 * @param settle - called before that, when the status and the fields are those that the application gave
 * @see RFC 9110 §8.8.3.3, §15.4.5
 */
export function finishHead(res: Response, settle: () => void): Head {
  const { headers } = res.req;
  // Express is to decide nothing by itself: its check goes by other rules. Without these fields, it does not.
  if (headers['if-none-match'] !== undefined || headers['if-modified-since'] !== undefined) {
    Object.defineProperty(res.req, 'fresh', { value: false, configurable: true });
  }
  const known = finishedHead(res);
  if (known) {
    known.settles.unshift(settle);
    return known;
  }
  const head: Head = { settles: [settle], replaced: replaceWriteHead(res), untagged: false };
  (res as Finished)[HEAD] = head;
  return head;
}

/** How the head of a response is finished; undefined where it is not. */
export function finishedHead(res: Response): Head | undefined {
  return (res as Finished)[HEAD];
}

/** How a head is finished. */
export interface Head {
  readonly settles: (() => void)[];
  readonly replaced: Replaced<'writeHead'>;
  /** Whether there is something in ETag that must not leave: fields are dear to look up. */
  untagged: boolean;
  /** The rest of the response, where it is tagged: one property of it holds all, since each is dear. */
  sending?: Sending;
}

const HEAD = Symbol('@etag/express');

type Finished = Response & { [HEAD]?: Head };

const replaceWriteHead = replacing<'writeHead'>((before) => ({
  writeHead(...args) {
    const head = finishedHead(this);
    return head && isMeant(head.replaced, before)
      ? writeFinished(this, head, args)
      : before?.writeHead.apply(this, args);
  },
}));

function writeFinished(res: Response, { settles, replaced }: Head, [status, ...rest]: unknown[]): unknown {
  const message = typeof rest[0] === 'string' ? [rest.shift()] : [];
  res.statusCode = status as number;
  if (rest[0]) setFields(res, rest[0]);
  for (const settle of settles) settle();
  const head = [res.statusCode, ...(res.statusCode === status ? message : [])];
  if (!replaced.isShared) return writeWrapped(res, replaced.before.writeHead, head);
  finishFields(res);
  return replaced.before.writeHead.apply(res, head);
}

/**
 * Writes a head by way of whoever wrapped writeHead() before, and comes after us: compression(), mounted outside, adds Vary
 * by the type of the content, which a 304 has lost by now, and sets the coding, which the tag is to name.
 */
function writeWrapped(res: Response, writeHead: Methods<'writeHead'>['writeHead'], head: unknown[]): unknown {
  const dropped = new Map<string, string>();
  finishFields(res, dropped);
  const { getHeader, setHeader } = res;
  res.getHeader = (name) => getHeader.call(res, name) ?? dropped.get(name.toLowerCase());
  res.setHeader = (name, value) => {
    setHeader.call(res, name, value);
    finishFields(res, dropped);
    return res;
  };
  try {
    return Reflect.apply(writeHead, res, head);
  } finally {
    Object.assign(res, { getHeader, setHeader });
  }
}

/** @param dropped - takes what a 304 does not have */
function finishFields(res: Response, dropped?: Map<string, string>): void {
  if (finishedHead(res)?.untagged && !ownTag(res)) res.removeHeader('ETag');
  const coding = fieldOf(res, 'content-encoding');
  if (res.statusCode === 304) {
    for (const name of res.getHeaderNames()) {
      if (staysOnNotModified(name)) continue;
      dropped?.set(name, fieldOf(res, name));
      res.removeHeader(name);
    }
  } else if (coding && isConditional(res.req.method, res.statusCode)) {
    const tag = parseEntityTag(fieldOf(res, 'etag'));
    const coded = tag && codedTag(tag, coding);
    if (coded && coded !== tag) res.setHeader('ETag', coded);
  }
}

/** Sets the fields that writeHead() was given, as an object or as a list of names and values by turns, where names repeat. */
function setFields(res: Response, fields: object): void {
  const entries: [string, string | string[]][] = Array.isArray(fields)
    ? fields.flatMap((name, index) => (index % 2 ? [] : [[name, fields[index + 1]]]))
    : Object.entries(fields);
  for (const [name] of entries) res.removeHeader(name);
  for (const [name, value] of entries) res.appendHeader(name, value);
}
