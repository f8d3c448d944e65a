import { answerCurrent, circumstances, finish } from '@etag/express';
import { refuse, requestHead } from '@etag/node';
import type { AbstractHttpAdapter } from '@nestjs/core';
import type { Platform } from '../platform.ts';

/** What Express calls a handler with. */
type Arguments = Parameters<typeof finish> extends [...infer Handled, unknown] ? Handled : never;

export function platform(adapter: AbstractHttpAdapter): Platform {
  // Express is to make no tags of its own: what gets one is said by the module and the decorators.
  adapter.getInstance().disable('etag');
  return {
    requestHead(host) {
      const [req] = host.getArgs<Arguments>();
      return requestHead(req);
    },
    circumstances(host, options, handlerRan) {
      const [req] = host.getArgs<Arguments>();
      return circumstances(req, options, handlerRan);
    },
    finish(host, options) {
      finish(...host.getArgs<Arguments>(), options);
    },
    answerCurrent(host, state, seen) {
      const [req, res] = host.getArgs<Arguments>();
      return answerCurrent(req, res, state, seen);
    },
    refuse(host, error) {
      const [, res] = host.getArgs<Arguments>();
      res.end(refuse(res, error));
    },
  };
}
