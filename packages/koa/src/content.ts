import { Buffer } from 'node:buffer';
import type { Stream, Writable } from 'node:stream';
import type { ExtendableContext, Response as KoaResponse } from 'koa';

/** What the streams that code content were given of it. */
const contents = new WeakMap<object, string | Uint8Array>();

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
    if (isWritable(body) && isContent(this.body)) watchEnd(body, this.body);
    inherited.set?.call(this, body);
  };
  Object.defineProperty(shared, 'body', { ...inherited, set });
}

function descriptorOf(object: object, name: string): PropertyDescriptor {
  return Object.getOwnPropertyDescriptor(object, name) ?? descriptorOf(Object.getPrototypeOf(object), name);
}

/** A stream that is ended with the very content whose place it took is a coding of it; any other is not. */
function watchEnd(stream: Writable, content: string | Uint8Array): void {
  const { end } = stream;
  stream.end = (...args: unknown[]) => {
    if (args[0] === content) contents.set(stream, content);
    return Reflect.apply(end, stream, args);
  };
}

/**
 * The content of a response before any coding; that of an object is its rendering.
 *
 * @returns undefined for what cannot be read here and now: a stream, a Blob, a Response
 */
export function contentOf(ctx: ExtendableContext): string | Uint8Array | undefined {
  const { body } = ctx;
  if (isContent(body)) return body;
  if (isStream(body)) return ctx.res.hasHeader('content-encoding') ? contents.get(body) : undefined;
  return isJson(body) ? JSON.stringify(body) : undefined;
}

function isContent(body: unknown): body is string | Buffer {
  return typeof body === 'string' || Buffer.isBuffer(body);
}

function isStream(body: unknown): body is Stream {
  return typeof Object(body).pipe === 'function';
}

/** Of a file, `end` is a number. */
function isWritable(body: unknown): body is Writable {
  return isStream(body) && 'end' in body && typeof body.end === 'function';
}

/** Whether Koa sends a body as JSON. Koa 2 does so with these three as well, and sends `{}`. */
export function isJson(body: unknown): boolean {
  if (typeof body !== 'object' || body === null || isContent(body) || isStream(body)) return false;
  return !(body instanceof Blob || body instanceof ReadableStream || body instanceof Response);
}
