import type { Publish } from './event.ts';
import type { Flights } from './flight.ts';
import type { Invalidations } from './invalidations.ts';
import type { Fingerprint } from './partition.ts';
import type { ResponseStore } from './port.ts';
import type { ClientRequest } from './request.ts';
import { type Validators, withoutPreconditions } from './validators.ts';

/** What a client is made of. */
export interface Context {
  readonly fetch: typeof fetch;
  /** It neither rejects nor hangs. */
  readonly store: Required<ResponseStore>;
  readonly mode: 'revalidate' | 'rfc9111';
  readonly validators: Validators;
  readonly limit: number;
  readonly partition: string | undefined;
  readonly fingerprint: Fingerprint;
  readonly flights: Flights;
  readonly invalidations: Invalidations;
  readonly publish: Publish;
}

// A runtime that does not know the member (Workers, once) may throw at it, and adds no fields of its own.
const hasCacheMode = typeof Request === 'function' && 'cache' in Request.prototype;

/**
 * Asks for a validation. In its default mode, fetch turns to `no-store` when a request has a precondition, and adds
 * `Cache-Control: no-cache`, at which Express, Koa and others never answer 304. In this mode it adds `max-age=0` (decision 009).
 *
 * @see https://fetch.spec.whatwg.org/#http-network-or-cache-fetch steps 15 to 17
 */
export const VALIDATE: RequestInit = hasCacheMode ? { cache: 'no-cache' } : {};

/** Asks for all of it: of whatever is on the way, too. */
export const RELOAD: RequestInit = hasCacheMode ? { cache: 'reload' } : {};

/** The fetch of a browser does not show where a redirect leads. */
const inBrowser = typeof globalThis.location === 'object';

/**
 * Whether a field of ours takes the leave of the server: a page may send If-None-Match to another origin only if that allows
 * it in Access-Control-Allow-Headers.
 */
export function takesLeave(url: URL): boolean {
  return inBrowser && url.origin !== globalThis.location.origin;
}

/** Sends a request with the given fields, and shows a redirect rather than following it. */
export function ask(
  { fetch }: Context,
  request: ClientRequest,
  headers: Record<string, string>,
  mode: RequestInit,
): Promise<Response> {
  const { init, input, redirect } = request;
  const sent = fetch(input, { ...init, ...mode, headers, redirect: 'manual' });
  if (!inBrowser || redirect === 'manual') return sent;
  // What is hidden is asked for again, and followed out of sight: without our validators.
  const plain = { ...init, headers: Object.fromEntries(withoutPreconditions(request.fields)), redirect };
  return sent.then((response) => (response.type === 'opaqueredirect' ? fetch(input, plain) : response));
}

/** Sends a request that may change something: once. */
export function askOnce({ fetch }: Context, request: ClientRequest): Promise<Response> {
  const { fields, init, input, redirect } = request;
  return fetch(input, {
    ...init,
    headers: Object.fromEntries(fields),
    redirect: inBrowser ? redirect : 'manual',
  });
}
