import { isEtagError, type ReadOptions } from '@etag/core';
import { answerCurrent, circumstances, finish, refuse } from '@etag/fastify';
import { refuse as refuseOnNode, requestHead } from '@etag/node';
import type { AbstractHttpAdapter } from '@nestjs/core';
import type { Platform } from '../platform.ts';

type Request = Parameters<typeof finish>[0];
type Reply = Parameters<typeof finish>[1];
type Arguments = [request: Request, reply: Reply];

export function platform(adapter: AbstractHttpAdapter): Platform {
  const app: Reply['server'] = adapter.getInstance();
  const tagged = new WeakMap<Reply, ReadOptions>();
  app.addHook('onSend', (request, reply, payload, done) => {
    const options = tagged.get(reply);
    if (!options) return done(null, payload);
    const settled = (error: Error | null, sent?: unknown) => {
      // Refused when it is sent, as on Express: past the exception filters.
      if (isEtagError(error)) done(null, refuse(reply, error));
      else if (error) done(error);
      else done(null, sent);
    };
    finish(request, reply, payload, settled, options);
  });
  return {
    requestHead(host) {
      const [{ method, headers, raw }] = host.getArgs<Arguments>();
      return requestHead({
        method,
        headers,
        get headersDistinct() {
          return raw.headersDistinct;
        },
      });
    },
    circumstances(host, options, handlerRan) {
      const [request] = host.getArgs<Arguments>();
      return circumstances(request, options, handlerRan);
    },
    finish(host, options) {
      const [, reply] = host.getArgs<Arguments>();
      tagged.set(reply, options);
    },
    answerCurrent(host, state, seen) {
      const [request, reply] = host.getArgs<Arguments>();
      if (answerCurrent(request, reply, state, seen)) return true;
      // What the handler says of its validators is evaluated when it is sent.
      tagged.set(reply, { onDecision: seen.onDecision });
      return false;
    },
    refuse(host, error) {
      const [, reply] = host.getArgs<Arguments>();
      // To a middleware, the response is that of Node.
      if ('raw' in reply) reply.send(refuse(reply, error));
      else Object(reply).end(refuseOnNode(reply, error));
    },
  };
}
