import { Buffer } from 'node:buffer';
import type { Readable } from 'node:stream';
import {
  acceptsCoding,
  addVary,
  type EtagError,
  isRead,
  type ObserveOptions,
  type ReadOptions,
  toRefusal,
} from '@etag/core';
import { interceptedRead, LiveRequestHead, type Read, readOf, setStatus, stopProducer } from '@etag/node';
import { routeOf } from './circumstances.ts';
import { type AnyReply, type AnyRequest, ReplyHead, requestHead } from './head.ts';

/** The read that a reply answers. */
export function readOfReply(request: AnyRequest, reply: AnyReply, options: ObserveOptions = {}): Read {
  const read =
    readOf(reply.raw) ?? interceptedRead(new LiveRequestHead(request, requestHead), reply.raw, new ReplyHead(reply));
  read.onDecision ??= options.onDecision;
  read.routed = request;
  read.nameRoute = routeOf;
  return read;
}

/**
 * Content first: the payload is made, then saved from the wire. The work of an `onSend` hook, for those that decide
 * themselves which replies are tagged. Streams pass as they come, untagged.
 *
 * @param request - the request
 * @param reply - its reply, of which nothing is sent yet
 * @param payload - what is sent, serialized
 * @param done - called once: with the payload to send, or with an error: a PreconditionFailedError (412), or what a digest
 *   threw
 * @param options - `weak`, `digest`, `timeout` and `onDecision`
 * @see RFC 9110 §8.8.3, §13.2, §15.4.5
 */
export function finish(
  request: AnyRequest,
  reply: AnyReply,
  payload: unknown,
  done: (error: Error | null, payload?: unknown) => void,
  options: ReadOptions,
): void {
  if (!isRead(request.method) || request.routeOptions.config.etag === false) return void done(null, payload);
  const body = bodyOf(reply, payload);
  let isNotModified: boolean | Promise<boolean>;
  try {
    const read = readOfReply(request, reply, options);
    isNotModified = read.evaluate(isContent(payload) && read.takesContentTag() ? payload : undefined, options);
  } catch (error) {
    return void done(failed(body, error));
  }
  // A promise would cost more than the digest.
  if (typeof isNotModified === 'boolean') return void done(null, isNotModified ? discarded(reply, body) : body);
  isNotModified
    .then((it) => done(null, it ? discarded(reply, body) : body))
    .catch((error) => done(failed(body, error)));
}

function isContent(payload: unknown): payload is string | Uint8Array {
  return typeof payload === 'string' || payload instanceof Uint8Array;
}

/** The body of a fetch-style response, whose head becomes that of the reply. Fastify does that, but after the hooks. */
function bodyOf(reply: AnyReply, payload: unknown): unknown {
  // As Fastify tells one.
  if (Object.prototype.toString.call(payload) !== '[object Response]') return payload;
  const { status, headers, body, bodyUsed } = payload as Response;
  // Fastify says what is wrong with it.
  if (bodyUsed) return payload;
  reply.code(status);
  for (const [name, value] of headers) reply.header(name, value);
  return body ?? '';
}

/** Makes a reply a 304; its fields become those of one when the head is written. */
export function notModified(reply: AnyReply, { request, head }: Read): void {
  setStatus(reply.raw, 304);
  // @fastify/compress is there for this route. It passes a 304 by, and would have coded the 200.
  if ((reply as { compress?: unknown }).compress && acceptsCoding(request)) addVary(head, 'accept-encoding');
}

/** What is sent instead of a payload that the client has. */
function discarded(reply: AnyReply, payload: unknown): string {
  discard(payload);
  notModified(reply, readOf(reply.raw) as Read);
  // Not null: what Fastify adds to HEAD routes cannot bear it.
  return '';
}

/** What a stream of Node or of the web platform has to be stopped by. */
interface Producer extends Readable {
  cancel(): Promise<void>;
}

/** Stops whoever produces a payload that will not go out. */
function discard(payload: unknown): void {
  const { on, destroy, cancel }: Partial<Producer> = Object(payload);
  if (on && destroy) stopProducer(payload as Producer);
  cancel?.call(payload).catch(() => {});
}

/** What goes the way of errors. */
function failed(payload: unknown, error: unknown): Error {
  discard(payload);
  return (error as Error) || new Error('Rejected without a reason');
}

/**
 * Makes a reply the refusal that an error carries: its status and its fields.
 *
 * @param reply - of which nothing is sent yet
 * @param error - a 412 or a 428, or another error of these packages
 * @returns its content, problem details. As bytes: together with a string, Node writes the head as UTF-8, and a tag may
 *   have characters beyond ASCII.
 * @see RFC 9110 §15.5.13, RFC 9457
 */
export function refuse(reply: AnyReply, error: EtagError): Buffer {
  readOf(reply.raw)?.forget();
  setStatus(reply.raw, error.status);
  toRefusal(new ReplyHead(reply), error);
  return Buffer.from(JSON.stringify(error.body));
}
