import { until } from './abort.ts';
import type { StoredResponse } from './port.ts';
import type { ClientRequest } from './request.ts';

// https://fetch.spec.whatwg.org/#null-body-status
const WITHOUT_BODY = new Set([204, 205, 304]);

/** A response as fetch would return it: with its URL. */
export function respond({ url }: Pick<ClientRequest, 'url'>, body: BodyInit | null, head: ResponseInit): Response {
  const response = new Response(WITHOUT_BODY.has(head.status ?? 200) ? null : body, head);
  return Object.defineProperty(response, 'url', { value: url.href });
}

/** A stored response, with the fields that it has now. */
export function respondStored(
  request: ClientRequest,
  { status, statusText }: StoredResponse,
  payload: Uint8Array,
  fields: Readonly<Record<string, string>>,
): Response {
  const body = request.method === 'HEAD' ? null : copied(payload);
  const response = respond(request, body, { status, statusText });
  // One by one costs half of what a Response makes of all at once.
  for (const name in fields) response.headers.append(name, fields[name] as string);
  return response;
}

/** The content as a stream: what is not read is not copied. Costs half of what a Response makes of bytes. */
function copied(payload: Uint8Array): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        if (payload.byteLength > 0) controller.enqueue(new Uint8Array(payload));
        controller.close();
      },
    },
    { highWaterMark: 0 },
  );
}

/** A response of the same head, whose content ends when the caller aborts. */
export function respondUntilAborted(request: ClientRequest, response: Response): Response {
  return respond(request, response.body && until(response.body, request.signal), response);
}

/**
 * The bytes that the content of a response took on the wire.
 *
 * @param length - the bytes of its content, as fetch decoded them
 * @returns null where it was coded and came in chunks: fetch does not say
 */
export function wireBytes(headers: Headers, length: number): number | null {
  const contentLength = headers.get('content-length');
  if (contentLength && /^\d+$/.test(contentLength)) return Number(contentLength);
  return headers.has('content-encoding') ? null : length;
}
