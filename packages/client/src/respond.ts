import { answerOf, remember } from './answer-of.ts';
import { isCrossOrigin } from './context.ts';
import type { StoredResponse } from './port.ts';
import type { ClientRequest } from './request.ts';

// https://fetch.spec.whatwg.org/#null-body-status
const WITHOUT_BODY = [204, 205, 304];

/** What fetch gives a response, and a constructor does not. */
type Fetched = Pick<Response, 'url' | 'redirected' | 'type'>;

/** Makes a response as fetch would return it. */
export function respond(
  { url }: Pick<ClientRequest, 'url'>,
  body: BodyInit | null,
  { status = 200, statusText = '', headers }: ResponseInit,
): Response {
  const head = { status, statusText: reasonOf(statusText), headers } as ResponseInit;
  return new ClientResponse(WITHOUT_BODY.includes(status) ? null : body, head, url);
}

/** A response of our own: getters of a class take a fifth of what it takes to define properties. */
class ClientResponse extends Response {
  readonly #url: URL;

  constructor(body: BodyInit | null, init: ResponseInit, url: URL) {
    super(body, init);
    this.#url = url;
  }

  override get url(): string {
    return this.#url.href;
  }

  override get type(): ResponseType {
    return isCrossOrigin(this.#url) ? 'cors' : 'basic';
  }

  override clone(): Response {
    return cloned(this, super.clone());
  }
}

/** A reason phrase as a Response can be made with: fetch has others, of a server that writes in Latin-1 or in Chinese. */
export function reasonOf(statusText: string): string {
  return statusText.replace(/[^\t -~\x80-\xff]/g, '?');
}

/**
 * Gives a response, and each of its clones, the members that fetch gives it.
 *
 * @returns the same response
 */
function asFetched(response: Response, { url, redirected, type }: Fetched): Response {
  define(response, 'url', url);
  define(response, 'redirected', redirected);
  define(response, 'type', type);
  return define(response, 'clone', clone);
}

/** The method of a response whose clones have what it has. */
function clone(this: Response): Response {
  return cloned(this, Object.getPrototypeOf(this).clone.call(this));
}

function cloned(response: Response, copy: Response): Response {
  remember(copy, answerOf(response));
  return asFetched(copy, response);
}

/** Gives a response a member of its own, unless it has that already: a mock may have it for good. */
export function define<Name extends keyof Response>(response: Response, name: Name, value: Response[Name]): Response {
  if (response[name] === value) return response;
  return Object.defineProperty(response, name, { value, configurable: true, writable: true });
}

/** Gives the response of a server what it lacks: the responses of an app in the same process, or of a mock, have no URL. */
export function received({ url }: Pick<ClientRequest, 'url'>, response: Response): Response {
  const { type, redirected } = response;
  // A page is not shown what is in these.
  if (type === 'opaque' || type === 'opaqueredirect') return response;
  return asFetched(response, { url: response.url || url.href, redirected, type: type === 'default' ? 'basic' : type });
}

/** Makes a response of a stored one, with the fields that it has now. */
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
