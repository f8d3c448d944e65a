import { isConditional } from '@etag/core';
import { type ContentOptions, conditional } from './conditional.js';
import { addValidators, notModifiedFields } from './early.js';
import { answeringErrors } from './errors.js';
import type { Current, Handler } from './handler.js';

export interface EtagOptions<Args extends unknown[]> extends ContentOptions {
  /**
   * Finds the validators before the handler runs; when the client has that state already, the handler is not called.
   * Leave it out to tag the content that the handler returns.
   */
  current?: Current<Args> | undefined;
}

/**
 * Wraps a handler: its responses to GET, HEAD and QUERY get a tag, a client that has the content gets a 304, and an error
 * of these packages becomes its 412 or 428.
 *
 * @see RFC 9110 §8.8.3, §13.2, §15.4.5
 * @example
 * export default { fetch: etag((request) => Response.json(notes)) };
 */
export function etag<Args extends unknown[]>(handler: Handler<Args>, options: EtagOptions<Args> = {}): Handler<Args> {
  const { current } = options;
  return answeringErrors(
    current
      ? (request, ...args) => early(handler, current, request, args)
      : async (request, ...args) => conditional(request, await handler(request, ...args), options),
  );
}

async function early<Args extends unknown[]>(
  handler: Handler<Args>,
  current: Current<Args>,
  request: Request,
  args: Args,
): Promise<Response> {
  // Only a read can be spared; precondition() guards a write.
  if (!isConditional(request.method, 200)) return handler(request, ...args);
  const state = (await current(request, ...args)) ?? null;
  const fields = notModifiedFields(request, state);
  if (fields) return new Response(null, { status: 304, headers: fields });
  return addValidators(request, await handler(request, ...args), state);
}
