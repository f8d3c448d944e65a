import { isEtagError, toRefusal } from '@etag/core';

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
 * Makes the response that an error of these packages becomes: a 412, a 428.
 *
 * @param error - what a handler or a check threw
 * @param headers - those of the response in whose place it goes out: what is not said of the representation stays
 * @throws any other error
 */
export function refusal(error: unknown, headers = new Headers()): Response {
  if (!isEtagError(error)) throw error;
  toRefusal(headers, error);
  return new Response(jsonBytes(error.body), { status: error.status, headers });
}
