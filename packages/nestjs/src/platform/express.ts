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
    evaluate(host, state) {
      const [req, res] = host.getArgs<Exchange>();
      return new Promise((resolve, reject) => {
        etag({ current: () => state })(req, res, (error) => (error ? reject(error) : resolve(false)));
        // When it answers, it does not go on.
        res.once('close', () => resolve(true));
        // A client that has left waits for no answer.
        if (res.destroyed) resolve(true);
      });
    },
    refuse(host, error) {
      errors()(error, ...host.getArgs<Exchange>());
    },
  };
}
