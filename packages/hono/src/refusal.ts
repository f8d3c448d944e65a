import { isEtagError, toRefusal } from '@etag/core';
import type { Context } from 'hono';

/** Gives a context another response, without the fields of the one it has: Hono would merge them. */
export function replace(c: Context, response: Response): void {
  if (response === c.res) return;
  c.res = undefined;
  c.res = response;
}

/**
 * Throws an error on, so that it goes through `app.onError`. Of what was set so far, a refusal keeps what is not said of the
 * representation: Hono adds it to the response of the error handler.
 */
export function refuse(c: Context, error: unknown): never {
  if (isEtagError(error)) toRefusal(c.res.headers, error);
  throw error;
}

/**
 * Makes the fields of a response those of a refusal, where it is what an error of these packages became. Hono adds what the
 * handler set before it threw.
 */
export function refuseAgain(error: unknown, { status, headers }: Response): void {
  if (!isEtagError(error) || status !== error.status) return;
  // An error handler may have made something else of it.
  if (headers.get('content-type') === error.headers['content-type']) toRefusal(headers, error);
}

/** Checks something that may refuse the request. */
export function checked<T>(c: Context, check: () => T): T {
  try {
    return check();
  } catch (error) {
    return refuse(c, error);
  }
}
