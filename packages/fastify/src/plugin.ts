import { checkOptions, isEtagError, type ReadOptions } from '@etag/core';
import type { FastifyPluginCallback } from 'fastify';
import fastifyPlugin from 'fastify-plugin';
import { finish, refuse } from './finish.ts';
import type { AnyReply } from './head.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** `false` leaves the responses of a route as they are: no tag, no 304. */
    etag?: false;
  }
}

/** How tags are made from content. */
export interface EtagPluginOptions extends ReadOptions {}

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
    try {
      checkOptions(options, NAMES);
    } catch (error) {
      // Thrown, it would end the process instead of `app.ready()`.
      return done(error as Error);
    }
    app.addHook('onError', (_request, reply, error, done) => {
      // What the error handlers of Fastify applications read; an EtagError has `status`.
      if (isEtagError(error)) Object.assign(error, { statusCode: error.status });
      watch(reply);
      done();
    });
    app.addHook('onSend', (request, reply: AnyReply, payload, done) => {
      const error = (reply as Watched)[SENT];
      if (isEtagError(error)) done(null, refuse(reply, error));
      else finish(request, reply, payload, done, options);
    });
    done();
  },
  { name: '@etag/fastify', fastify: '5.x' },
);

/** The options, and what `register` takes for itself. */
const NAMES = ['weak', 'digest', 'timeout', 'onDecision', 'prefix', 'logLevel', 'logSerializers'];

const SENT = Symbol('@etag/fastify');

/** A reply to a request that failed, with what was sent last: by an error handler, or the error itself, sent on. */
type Watched = AnyReply & { [SENT]?: unknown };

/**
 * Watches what the error handlers send. Where it is an error in the end, none of them made anything else of it, and the
 * content is Fastify's own, whatever a response schema makes of that.
 */
function watch(reply: Watched): void {
  const { send } = reply;
  reply.send = function (this: Watched, payload?: unknown) {
    this[SENT] = payload;
    return send.call(this, payload);
  };
}
