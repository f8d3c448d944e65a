import { errors, etag } from '@etag/express';
import type { AbstractHttpAdapter } from '@nestjs/core';
import type { NextFunction, Request, Response } from 'express';
import type { Platform } from '../platform.js';

type Exchange = [req: Request, res: Response, next: NextFunction];

export function platform(adapter: AbstractHttpAdapter): Platform {
  // Express is to make no tags of its own: what gets one is said by the module and the decorators.
  adapter.getInstance().disable('etag');
  return {
    tag(host, options) {
      const [req, res, next] = host.getArgs<Exchange>();
      // That the middleware goes on means nothing here; that it fails, later, does.
      etag(options)(req, res, (error) => error && next(error));
    },
    async evaluate(host, state) {
      const [req, res] = host.getArgs<Exchange>();
      let failure: unknown;
      await etag({ current: () => state })(req, res, (error) => {
        failure = error;
      });
      if (failure) throw failure;
      return res.headersSent;
    },
    refuse(host, error) {
      errors()(error, ...host.getArgs<Exchange>());
    },
  };
}
