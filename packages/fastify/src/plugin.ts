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
import type { FastifyPluginCallback, onSendHookHandler } from 'fastify';
import fastifyPlugin from 'fastify-plugin';
import {
  type AnyReply,
  addValidators,
  finishWith,
  isDated,
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
    const tag = onSend(options);
    app.addHook('onSend', function (request, reply, payload, sent) {
      const error = errors.get(reply);
      if (error) sent(null, explain(reply, payload, error));
      else tag.call(this, request, reply, payload, sent);
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
export function onSend(options: EtagPluginOptions = {}): onSendHookHandler {
  return (_request, reply, payload, done) => {
    const send = (tag: EntityTag | null) => {
      let sent: unknown;
      try {
        sent = tag || reply.hasHeader('last-modified') ? answer(reply, payload, tag) : payload;
      } catch (error) {
        return done(error as Error);
      }
      done(null, sent);
    };
    // A fetch-style response has a head of its own, which Fastify reads after this.
    const isResponse = Object.prototype.toString.call(payload) === '[object Response]';
    if (isResponse || !isConditional(reply.request.method, reply.statusCode)) return done(null, payload);
    addValidators(reply);
    // A tag that the application set wins; one that is no tag is its own affair.
    const own = replyField(reply, 'etag');
    const tag = own === null ? tagOf(reply, payload, options) : parseEntityTag(own);
    // A promise would cost more than the digest.
    if (tag === null || typeof tag === 'string') send(tag);
    else tag.then(send, done);
  };
}

/** The tag of content that is there; null for a stream, which is never read. */
function tagOf(reply: AnyReply, payload: unknown, options: ContentTagOptions): EntityTag | Promise<EntityTag> | null {
  if (typeof payload !== 'string' && !(payload instanceof Uint8Array)) return null;
  const [cacheControl, contentType] = [replyField(reply, 'cache-control'), replyField(reply, 'content-type')];
  const head = { status: reply.statusCode, cacheControl, contentType };
  return isTaggable(reply.request.method, head) ? contentTag(payload, options) : null;
}

/** Evaluates the preconditions, and returns what is sent in answer to them. */
function answer(reply: AnyReply, payload: unknown, tag: EntityTag | null): unknown {
  const request = requestHead(reply.request);
  // Looked up where it matters only: fields are dear to look up.
  const modified = tag && !isDated(reply.request) ? null : replyField(reply, 'last-modified');
  const state = { etag: tag, lastModified: parseHttpDate(modified ?? '') };
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
