import type { Context } from 'hono';

/**
 * Watches what a context makes responses of, so that a body which is text or bytes need not be read back from a finished
 * response: that costs more than the digest.
 *
 * @returns the content of a response; undefined when it was made otherwise
 */
export function watchContent(c: Context): (response: Response) => string | Uint8Array | undefined {
  let made: Response | undefined;
  let content: unknown;
  const watch = <R>(source: unknown, response: R): R => {
    content = source;
    made = response as Response;
    return response;
  };
  const { body, text, html } = c;
  // The overloads of these methods say nothing that matters here: all that they are given is passed on.
  const watched =
    (make: unknown) =>
    (data: unknown, ...rest: unknown[]) =>
      watch(data, (make as (...args: unknown[]) => unknown)(data, ...rest)) as never;
  c.body = watched(body);
  c.text = watched(text);
  c.html = watched(html);
  const json = (data: unknown, status: never, headers: object) =>
    c.body(JSON.stringify(data), status, { 'Content-Type': 'application/json', ...headers });
  c.json = json as unknown as typeof c.json;
  return (response) =>
    response === made && (typeof content === 'string' || content instanceof Uint8Array) ? content : undefined;
}
