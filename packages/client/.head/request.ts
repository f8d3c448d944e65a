/** What the client may be told with a call, besides what fetch takes. */
export interface CallOptions {
  /** Asks for all of it, whatever is stored, and stores that. @default false */
  fresh?: boolean | undefined;
  /** Sends the tag of what was read last as If-Match; the call rejects when there is none. For writes. */
  ifMatch?: 'stored' | undefined;
  /** Tells one identity from another where Authorization and Cookie do not. @default that of the client */
  partition?: string | undefined;
}

/** The init of fetch, and `etag`. */
export interface ClientInit extends RequestInit {
  etag?: CallOptions | undefined;
}

/** A request as fetch takes it, with what has to be known of it. */
export interface ClientRequest {
  /** Absolute, without a fragment. */
  readonly url: URL;
  readonly method: string;
  /** The header fields of the caller, names in lower case. */
  readonly fields: ReadonlyMap<string, string>;
  /** What fetch is called with; `headers` and `redirect` are given with each call. */
  readonly input: RequestInfo | URL;
  readonly init: RequestInit;
  readonly redirect: RequestRedirect;
  readonly signal: AbortSignal | null;
  readonly options: CallOptions;
}

// https://fetch.spec.whatwg.org/#concept-method-normalize
const NORMALIZED = /^(delete|get|head|options|post|put)$/i;

/**
 * Reads what fetch is called with.
 *
 * @throws TypeError when the URL cannot be parsed
 */
export function requestOf(input: RequestInfo | URL, init: ClientInit = {}): ClientRequest {
  const { etag: options = {}, ...rest } = init;
  const request = isRequest(input) ? input : null;
  const url = new URL(request ? request.url : String(input), globalThis.location?.href);
  if (url.hash) url.hash = '';
  const method = init.method ?? request?.method ?? 'GET';
  return {
    url,
    method: NORMALIZED.test(method) ? method.toUpperCase() : method,
    fields: fieldsOf(init.headers ?? request?.headers),
    input,
    init: rest,
    redirect: init.redirect ?? request?.redirect ?? 'follow',
    signal: init.signal === undefined ? (request?.signal ?? null) : init.signal,
    options,
  };
}

function fieldsOf(headers: HeadersInit | undefined): Map<string, string> {
  return new Map(headers && new Headers(headers));
}

/** Whether an input is a Request, be it that of another copy of fetch. */
function isRequest(input: RequestInfo | URL): input is Request {
  return typeof input === 'object' && 'url' in input;
}

/** A member of the init, or of the Request where the init has none. */
export function memberOf<Name extends 'cache' | 'credentials' | 'integrity'>(
  { init, input }: ClientRequest,
  name: Name,
): RequestInit[Name] | undefined {
  return init[name] ?? (isRequest(input) ? (input as RequestInit)[name] : undefined);
}
