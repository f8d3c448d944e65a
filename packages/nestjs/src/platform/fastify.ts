import { staysOnNotModified } from '@etag/core';
import { etag, onSend } from '@etag/fastify';
import type { AbstractHttpAdapter } from '@nestjs/core';
import type { FastifyInstance, FastifyReply, FastifyRequest, onSendHookHandler } from 'fastify';
import type { Platform } from '../platform.js';

type Exchange = [request: FastifyRequest, reply: FastifyReply];

export function platform(adapter: AbstractHttpAdapter): Platform {
  const app: FastifyInstance = adapter.getInstance();
  const hooks = new WeakMap<FastifyReply, onSendHookHandler>();
  app.addHook('onSend', (request, reply, payload, done) => {
    const hook = hooks.get(reply);
    if (hook) hook.call(app, request, reply, payload, done);
    else done(null, payload);
  });
  return {
    tag(host, options) {
      const [, reply] = host.getArgs<Exchange>();
      hooks.set(reply, onSend(options));
    },
    async evaluate(host, state) {
      const [request, reply] = host.getArgs<Exchange>();
      await etag({ current: () => state })(request, reply);
      return reply.sent;
    },
    refuse(host, { status, headers, body }) {
      // To a middleware, the response is that of Node.
      const [, response] = host.getArgs<Exchange>();
      // What is said of the representation is not said of the refusal.
      const others = ['cache-control', 'etag', 'expires', 'last-modified'];
      for (const name of Object.keys(response.getHeaders())) {
        if (!staysOnNotModified(name) || others.includes(name)) response.removeHeader(name);
      }
      for (const [name, value] of Object.entries(headers)) adapter.setHeader(response, name, value);
      // Bytes: together with a string, Node writes the head as UTF-8, and a tag may have other characters than ASCII.
      adapter.reply(response, Buffer.from(JSON.stringify(body)), status);
    },
  };
}
