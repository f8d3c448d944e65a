import type { ResourceState } from '@etag/core';
import type { NextFunction, Request, Response } from 'express';

/** Finds the validators of the resource that a request is for; null or undefined when there is no current representation. */
export type Current<P> = (
  req: Request<P>,
  res: Response,
) => ResourceState | null | undefined | Promise<ResourceState | null | undefined>;

/**
 * A handler that fits any route, and leaves the type of its parameters to the other handlers. A promise resolves once it has
 * answered or gone on.
 */
export type Middleware = <P>(req: Request<P>, res: Response, next: NextFunction) => void | Promise<void>;

/**
 * Goes on to the next handler once a step is done, unless the step has answered; on to the error handlers when it fails.
 * Express 5 does the latter by itself, Express 4 knows no promises.
 */
export function nextAfter(step: Promise<boolean>, next: NextFunction): Promise<void> {
  // next() without an error would run the handler.
  const fail = (error: unknown) => next(error || new Error('Rejected promise'));
  return step.then((answered) => (answered ? undefined : next()), fail);
}
