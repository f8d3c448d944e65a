import { Buffer } from 'node:buffer';
import type { Readable, Stream, Writable } from 'node:stream';
import { stopProducer } from '@etag/node';
import type { ExtendableContext, Response as KoaResponse } from 'koa';

/** What the streams that code a body were given of it. */
const sources = new WeakMap<object, unknown>();

const watched = new WeakSet<object>();

/**
 * Watches the bodies of responses, so that their content is known after a compressor has put a stream in its place. Done
 * once, on what the responses of an application inherit from: on each of them, it would cost more than all the rest.
 */
export function watchBody({ response }: ExtendableContext): void {
  const shared: KoaResponse = Object.getPrototypeOf(response);
  if (watched.has(shared)) return;
  watched.add(shared);
  const inherited = descriptorOf(shared, 'body');
  const set = function (this: KoaResponse, body: unknown) {
    if (isWritable(body) && (isContent(this.body) || isStream(this.body))) watchSource(body, this.body);
    inherited.set?.call(this, body);
  };
  Object.defineProperty(shared, 'body', { ...inherited, set });
}

function descriptorOf(object: object, name: string): PropertyDescriptor {
  return Object.getOwnPropertyDescriptor(object, name) ?? descriptorOf(Object.getPrototypeOf(object), name);
}

/** A stream that is given the very body whose place it took codes it; any other does not. */
function watchSource(stream: Writable, replaced: unknown): void {
  const found = (source: unknown) => {
    if (source === replaced) sources.set(stream, source);
  };
  const { end } = stream;
  stream.once('pipe', found);
  stream.end = (...args: unknown[]) => {
    found(args[0]);
    return Reflect.apply(end, stream, args);
  };
}

/** Whether a body was coded after the handler had set it. */
export function isCodedSince({ body }: ExtendableContext): boolean {
  return isStream(body) && sources.has(body);
}

/**
 * The content of a response before any coding; that of an object is its rendering.
 *
 * @returns undefined for what cannot be read here and now: a stream, a Blob, a Response
 */
export function contentOf({ body }: ExtendableContext): string | Uint8Array | undefined {
  const source = isStream(body) ? sources.get(body) : body;
  if (isContent(source)) return source;
  return isJson(source) ? JSON.stringify(source) : undefined;
}

function isContent(body: unknown): body is string | Buffer {
  return typeof body === 'string' || Buffer.isBuffer(body);
}

function isStream(body: unknown): body is Stream {
  return typeof (body as Partial<Readable> | null | undefined)?.pipe === 'function';
}

/** Stops the stream that will not go out, and those that are piped into it: Koa stops the last one alone. */
export function stopBody({ body }: ExtendableContext): void {
  if (isStream(body)) stopProducer(body as Readable);
}

/** Of a file, `end` is a number. */
function isWritable(body: unknown): body is Writable {
  return isStream(body) && 'end' in body && typeof body.end === 'function';
}

/** Whether Koa sends a body as JSON: numbers and booleans, too. Koa 2 does so with the last three as well, and sends `{}`. */
export function isJson(body: unknown): boolean {
  if (body === undefined || body === null || isContent(body) || isStream(body)) return false;
  return !(body instanceof Blob || body instanceof ReadableStream || body instanceof Response);
}
