import { answerCurrent, finish } from '@etag/express';
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
    finish(host, options) {
      finish(...host.getArgs<Arguments>(), options);
    },
    answerCurrent(host, state) {
      const [req, res] = host.getArgs<Arguments>();
      return answerCurrent(req, res, state);
    },
    refuse(host, error) {
      const [, res] = host.getArgs<Arguments>();
      res.end(refuse(res, error));
    },
  };
}
