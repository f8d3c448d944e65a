import { STATUS_CODES } from 'node:http';
import type { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import {
  type ContentTagOptions,
  contentTag,
  type EntityTag,
  type EtagError,
  evaluatePreconditions,
  isConditional,
  isEtagError,
  isTaggable,
  namedTag,
  PreconditionFailedError,
  parseEntityTag,
  parseHttpDate,
} from '@etag/core';
import type { FastifyPluginCallback, onSendAsyncHookHandler } from 'fastify';
import fastifyPlugin from 'fastify-plugin';
import {
  type AnyReply,
  addValidators,
  finishWith,
  notModified,
  removeMetadata,
  replyField,
  requestHead,
} from './head.js';

/** How tags are made from content. */
export type EtagPluginOptions = ContentTagOptions;

/**
 * Plugin: responses to GET, HEAD and QUERY get a tag, and a client that has the content gets a 304; the errors of these
 * packages become problem details. It holds for all routes of the instance that it is registered on.
 *
 * @see RFC 9110 §8.8.3, §13.2, §15.4.5
 * @example
 * await app.register(etagPlugin);
 */
export const etagPlugin: FastifyPluginCallback<EtagPluginOptions> = fastifyPlugin<EtagPluginOptions>(
  (app, options, done) => {
    const errors = new WeakMap<AnyReply, EtagError>();
    app.addHook('onError', async (_request, reply, error) => {
      if (!isEtagError(error)) return;
      errors.set(reply, error);
      // What Fastify's error handlers read; an EtagError has `status`.
      Object.assign(error, { statusCode: error.status });
    });
    app.addHook('onSend', async (_request, reply, payload) => {
      const error = errors.get(reply);
      return error ? explain(reply, payload, error) : finish(reply, payload, options);
    });
    done();
  },
  { name: '@etag/fastify', fastify: '5.x' },
);

/**
 * The hook by which the plugin tags what is sent, for routes that have it by themselves. Errors stay what they are.
 *
 * @see RFC 9110 §8.8.3, §15.4.5
 */
export function onSend(options: EtagPluginOptions = {}): onSendAsyncHookHandler {
  return (_request, reply, payload) => finish(reply, payload, options);
}

/** Content first: it is made, then saved from the wire. */
async function finish(reply: AnyReply, payload: unknown, options: ContentTagOptions): Promise<unknown> {
  const request = requestHead(reply.request);
  if (!isConditional(request.method, reply.statusCode)) return payload;
  // A fetch-style response has a head of its own, which Fastify reads after this.
  if (Object.prototype.toString.call(payload) === '[object Response]') return payload;
  addValidators(reply);
  // A tag that the application set wins; one that is no tag is its own affair.
  const own = replyField(reply, 'etag');
  const tag = own === null ? await tagContent(reply, payload, options) : parseEntityTag(own);
  const lastModified = parseHttpDate(replyField(reply, 'last-modified') ?? '');
  // Without a validator there is nothing to compare with.
  if (!tag && lastModified === null) return payload;

  const state = { etag: tag, lastModified };
  const decision = evaluatePreconditions(request, state, { status: reply.statusCode, named: namedTag });
  if (decision.outcome === 'proceed') {
    if (tag) reply.header('etag', tag);
    finishWith(reply, state);
    return payload;
  }
  discard(payload);
  if (decision.outcome === 'failed') {
    removeMetadata(reply);
    // What is said of the representation's freshness is not said of the refusal.
    for (const name of ['cache-control', 'expires', 'last-modified']) reply.removeHeader(name);
    throw new PreconditionFailedError(request.method, decision, state);
  }
  notModified(reply, state);
  // Not null: what Fastify adds to HEAD routes cannot bear it.
  return '';
}

/** The tag of content that is there; null for a stream, which is never read. */
async function tagContent(reply: AnyReply, payload: unknown, options: ContentTagOptions): Promise<EntityTag | null> {
  if (typeof payload !== 'string' && !(payload instanceof Uint8Array)) return null;
  const [cacheControl, contentType] = [replyField(reply, 'cache-control'), replyField(reply, 'content-type')];
  const head = { status: reply.statusCode, cacheControl, contentType };
  return isTaggable(reply.request.method, head) ? contentTag(payload, options) : null;
}

/** Stops whoever produces a payload that will not go out. */
function discard(payload: unknown): void {
  const { destroy, cancel } = Object(payload) as Partial<Readable & ReadableStream>;
  destroy?.call(payload);
  cancel?.call(payload).catch(() => {});
}

/** Problem details in place of what Fastify says of an error that no error handler made anything else of. */
function explain(reply: AnyReply, payload: unknown, { status, code, message, headers, body }: EtagError): unknown {
  const plain = JSON.stringify({ statusCode: status, code, error: STATUS_CODES[status], message });
  if (payload !== plain) return payload;
  reply.removeHeader('content-length').headers(headers);
  // Bytes: together with a string, Node writes the head as UTF-8, and a tag may have other characters than ASCII.
  return Buffer.from(JSON.stringify(body));
}
