import { type Circumstances, findReadState, isRead, type ReadOptions, type ResourceState } from '@etag/core';
import { evaluateCurrent, requestHead } from '@etag/node';
import type { NextFunction, Request, Response } from 'express';
import { type AnyRequest, circumstances } from './circumstances.ts';
import { exchange } from './finish.ts';

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
export function nextAfter(step: () => boolean | Promise<boolean>, next: NextFunction): void | Promise<void> {
  // next() without an error would run the handler.
  const fail = (error: unknown) => next(error || new Error('Rejected without a reason'));
  let isAnswered: boolean | Promise<boolean>;
  try {
    isAnswered = step();
  } catch (error) {
    return fail(error);
  }
  // To wait for what is there would cost a turn.
  if (isAnswered instanceof Promise) return isAnswered.then((it) => (it ? undefined : next()), fail);
  if (!isAnswered) next();
}

/** Validators first: on a match the handler never runs. */
export function current<P>(
  req: AnyRequest,
  res: Response,
  find: Current<P>,
  options: ReadOptions,
): boolean | Promise<boolean> {
  // Only a read can be spared; precondition() guards a write.
  if (!isRead(req.method)) return false;
  const seen = circumstances(req, options);
  const found = findReadState(requestHead(req), () => find(req, res), options, seen);
  if (found instanceof Promise) return found.then((state) => answerCurrent(req, res, state, seen));
  return answerCurrent(req, res, found, seen);
}

/**
 * Answers 304 when the client has the state that is current; gives the response its validators otherwise.
 *
 * @param req - the request, a read
 * @param res - its response, of which nothing is sent yet
 * @param state - null or undefined when there is no current representation
 * @param seen - who is told of the decision
 * @returns whether it answered
 * @throws PreconditionFailedError (412) when If-Match or If-Unmodified-Since fails
 * @see RFC 9110 §13.2.2
 */
export function answerCurrent(
  req: AnyRequest,
  res: Response,
  state: ResourceState | null | undefined,
  seen?: Circumstances,
): boolean {
  if (!evaluateCurrent(exchange(req, res), state, seen)) return false;
  res.end();
  return true;
}
