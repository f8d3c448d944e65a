import { type EtagError, isEtagError, toRefusal } from '@etag/core';

/** A fetch-style handler: of Bun, Deno, Workers, a Next route. What comes after the request is passed on. */
export type Handler<R extends Request = Request, Args extends unknown[] = []> = (
  request: R,
  ...args: Args
) => Response | Promise<Response>;

const encoder = new TextEncoder();

/** Content as bytes: Node writes a head together with text as UTF-8, and a tag may have characters beyond ASCII. */
export function jsonBytes(value: unknown): Uint8Array<ArrayBuffer> {
  return encoder.encode(JSON.stringify(value));
}

/**
 * Makes the response that an error of these packages becomes.
 *
 * @param headers - those of the response in whose place it goes out: what is not said of the representation stays
 */
export function refusal(error: EtagError, headers = new Headers()): Response {
  toRefusal(headers, error);
  return new Response(jsonBytes(error.body), { status: error.status, headers });
}

/** Turns an error of these packages that a handler throws into its response: 412, 428. Any other is thrown on. */
export function answeringErrors<R extends Request, Args extends unknown[]>(
  handler: Handler<R, Args>,
): (request: R, ...args: Args) => Promise<Response> {
  return async (request, ...args) => {
    try {
      return await handler(request, ...args);
    } catch (error) {
      if (isEtagError(error)) return refusal(error);
      throw error;
    }
  };
}
