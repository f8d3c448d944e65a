import { isEtagError } from '@etag/core';
import type { Handler } from './handler.js';

/** Turns a thrown error of these packages into its response: 412, 428. Any other is thrown on. */
export function answeringErrors<Args extends unknown[]>(handler: Handler<Args>): Handler<Args> {
  return async (request, ...args) => {
    try {
      return await handler(request, ...args);
    } catch (error) {
      if (isEtagError(error)) return error.getResponse();
      throw error;
    }
  };
}
