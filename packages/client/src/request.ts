import { copyOf } from './body.ts';
import { checkOptions } from './options.ts';

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
  readonly input: RequestInfo;
  readonly init: RequestInit;
  readonly redirect: RequestRedirect;
  readonly signal: AbortSignal | null;
  readonly options: CallOptions;
  /** Names the identity that the call was made under, over all its redirects; '' for none. */
  readonly partition: string;
  /** Names the content of a QUERY; '' for other methods, null for content that can be read but once. */
  readonly content: string | null;
}

/** What a call asks for, before it is known under which identity, and with which content. */
export type Call = Omit<ClientRequest, 'partition' | 'content'>;

// https://fetch.spec.whatwg.org/#concept-method-normalize
const NORMALIZED = /^(delete|get|head|options|post|put)$/i;

const OPTIONS = { fresh: 'a boolean', ifMatch: '"stored"', partition: 'a string' };

/** What goes with each call of a client. */
export interface Defaults {
  readonly baseUrl?: string | URL | undefined;
  readonly init?: ClientInit | undefined;
}

/**
 * Reads what fetch is called with.
 *
 * @throws TypeError when the URL cannot be parsed
 */
export function requestOf(
  input: RequestInfo | URL,
  called?: ClientInit | null,
  { baseUrl, init }: Defaults = {},
): Call {
  // As fetch takes it, null is none.
  const given = called ?? {};
  const { etag, ...rest } = init ? { ...init, ...given } : given;
  if (etag !== undefined) checkOptions(etag, OPTIONS);
  // The caller may change what it called with while the request waits to be sent.
  if (rest.body) rest.body = copyOf(rest.body);
  // It may be that of another copy of fetch.
  const request = typeof input === 'object' && 'url' in input ? input : null;
  const url = parsed(request ? request.url : String(input), baseUrl ?? globalThis.location?.href);
  const method = rest.method ?? request?.method ?? 'GET';
  const fields = fieldsOf(given.headers ?? request?.headers);
  return {
    url,
    method: NORMALIZED.test(method) ? method.toUpperCase() : method,
    fields: init?.headers ? new Map([...fieldsOf(init.headers), ...fields]) : fields,
    input: request ?? url.href,
    init: rest,
    redirect: rest.redirect ?? request?.redirect ?? 'follow',
    signal: rest.signal === undefined ? (request?.signal ?? null) : rest.signal,
    options: etag ?? {},
  };
}

/** What was parsed last, which takes 6 µs each time; nobody changes it. */
const known = new Map<string, URL>();

function parsed(text: string, base: string | URL | undefined): URL {
  const name = `${text} ${base}`;
  let url = known.get(name);
  if (url) return url;
  url = new URL(text, base);
  url.hash = '';
  if (known.size > 99) known.clear();
  known.set(name, url);
  return url;
}

function fieldsOf(headers: HeadersInit | undefined): Map<string, string> {
  return new Map(headers && new Headers(headers));
}

/** A member of the init, or of the Request where the init has none. */
export function memberOf<Name extends 'cache' | 'credentials' | 'integrity'>(
  { init, input }: Call,
  name: Name,
): RequestInit[Name] | undefined {
  return init[name] ?? (typeof input === 'string' ? undefined : input[name]);
}
