import type { ServerResponse } from 'node:http';
import { isEtagError } from '@etag/core';
import { setStatus } from './refusal.ts';
import { refuse } from './refuse.ts';

/**
 * Goes on to the next handler: that of connect, polka or restify, which takes an error, or a function of your own around
 * your handler, which takes none.
 */
export type Next = (error?: unknown) => unknown;

/**
 * Goes on; an error of these packages that the handler throws, at once or later, becomes its response.
 *
 * @param next - what it returns is returned
 * @throws whatever else the handler throws
 */
export function goOn(res: ServerResponse, next: Next): unknown {
  try {
    const result = next();
    return isThenable(result) ? Promise.resolve(result).catch((error) => answer(res, error)) : result;
  } catch (error) {
    return answer(res, error);
  }
}

function answer(res: ServerResponse, error: unknown): void {
  if (!isEtagError(error) || res.headersSent) throw error;
  res.end(refuse(res, error));
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof Object(value).then === 'function';
}

/**
 * Reports a failure, so that the handler does not run: a refusal becomes its response; any other error goes to `next`, or
 * becomes a 500 and a warning of the process where `next` takes no error, and would run the handler.
 */
export function fail(res: ServerResponse, next: Next, error: unknown): void {
  if (isEtagError(error) && !res.headersSent) return void res.end(refuse(res, error));
  // An arrow function around a handler: to call it would be to let the request through.
  if (next.length > 0) return void next(error || new Error('Rejected without a reason'));
  process.emitWarning(error instanceof Error ? error : String(error));
  if (res.headersSent) return void res.destroy();
  setStatus(res, 500);
  for (const name of res.getHeaderNames()) res.removeHeader(name);
  res.end();
}
