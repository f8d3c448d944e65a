import type { Context } from 'hono';

/**
 * Watches what a context makes responses of, so that a body which is text or bytes need not be read back from a finished
 * response: that costs more than the digest.
 *
 * @returns the content of a response before any coding; undefined when it was made otherwise
 */
export function watchContent(c: Context): (response: Response) => string | Uint8Array | undefined {
  let made: Response | undefined;
  let content: unknown;
  const watch = <R>(source: unknown, response: R): R => {
    content = source;
    made = response instanceof Response ? response : undefined;
    return response;
  };
  const { newResponse, body, text, html } = c;
  // The overloads of these methods say nothing that matters here: all that they are given is passed on.
  const watched =
    (make: unknown) =>
    (data: unknown, ...rest: unknown[]) =>
      watch(data, (make as (...args: unknown[]) => unknown)(data, ...rest)) as never;
  c.newResponse = watched(newResponse);
  c.body = watched(body);
  c.text = watched(text);
  c.html = watched(html);
  const json = (data: unknown, status: never, headers: object) =>
    c.body(JSON.stringify(data), status, { 'Content-Type': 'application/json', ...headers });
  c.json = json as unknown as typeof c.json;
  return (response) => {
    const known = made !== undefined && (response === made || isMadeOf(response, made));
    return known && (typeof content === 'string' || content instanceof Uint8Array) ? content : undefined;
  };
}

/** Whether a response carries on the body of another: as it is, or through a compressor that has taken it over. */
function isMadeOf(response: Response, made: Response): boolean {
  const { body } = made;
  return body !== null && (response.body === body || (body.locked && response.headers.has('content-encoding')));
}
