import type { Context } from 'hono';
import { HtmlEscapedCallbackPhase, type HtmlEscapedString, resolveCallback } from 'hono/utils/html';

// The overloads of the methods of a context say nothing that matters here: all that they are given is passed on.
type Make = (data: unknown, ...rest: unknown[]) => Response;

/**
 * Watches what a context makes responses of, so that a body which is text or bytes need not be read back from a finished
 * response: that costs more than the digest.
 *
 * @returns the content of a response before any coding; undefined when it was made otherwise
 */
export function watchContent(c: Context): (response: Response) => string | Uint8Array | undefined {
  let made: Response | undefined;
  let content: unknown;
  const watched =
    (make: unknown): Make =>
    (data, ...rest) => {
      made = (make as Make)(data, ...rest);
      content = data;
      return made;
    };
  const [body, html] = [watched(c.body), watched(c.html)];
  Object.assign(c, {
    newResponse: watched(c.newResponse),
    body,
    text: watched(c.text),
    json: (data: unknown, status?: unknown, headers?: object) =>
      body(JSON.stringify(data), status, { 'Content-Type': 'application/json', ...headers }),
    html: (data: string | HtmlEscapedString | Promise<string>, ...rest: unknown[]) =>
      typeof data === 'object'
        ? resolveCallback(data, HtmlEscapedCallbackPhase.Stringify, false, {}).then((text) => html(`${text}`, ...rest))
        : html(data, ...rest),
  });
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
