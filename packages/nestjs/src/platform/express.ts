import { answerCurrent, finish } from '@etag/express';
import { refuse, requestHead } from '@etag/node';
import type { AbstractHttpAdapter } from '@nestjs/core';
import type { NextFunction, Request, Response } from 'express';
import type { Platform } from '../platform.ts';

type Arguments = [req: Request, res: Response, next: NextFunction];

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
