import type { Publish } from './event.ts';
import type { Invalidations } from './invalidations.ts';
import type { OpenStore } from './open-store.ts';
import type { Identifying } from './partition.ts';
import { type ClientRequest, memberOf } from './request.ts';
import type { SharedRequest } from './shared-request.ts';
import type { Unshareable } from './unshareable.ts';
import { preconditionOf, type Validators, withoutPreconditions } from './validators.ts';

/** What a client is made of. */
export interface Context extends Identifying {
  readonly fetch: typeof fetch;
  /** Opens the store for one request. */
  readonly openStore: () => OpenStore;
  readonly mode: 'revalidate' | 'rfc9111';
  readonly validators: Validators;
  readonly limit: number;
  /** How long to wait for the same request that was sent before, in ms. */
  readonly wait: number;
  /** The requests that may be joined, by what makes them the same. */
  readonly shared: Map<string, SharedRequest | undefined>;
  readonly unshareable: Unshareable;
  /** The keys that are being validated in the background. */
  readonly validating: Set<string>;
  readonly invalidations: Invalidations;
  readonly publish: Publish;
}

/** A cache mode, where the runtime takes it. Workers know two of them, or none, and throw at the others. */
function modeOf(cache: RequestCache, otherwise: RequestInit): RequestInit {
  try {
    return new Request('http://a', { cache }) && { cache };
  } catch {
    return otherwise;
  }
}

/**
 * Asks for a validation. In its default mode, fetch turns to `no-store` when a request has a precondition, and adds
 * `Cache-Control: no-cache`, at which Express, Koa and others never answer 304. In this mode it adds `max-age=0` (decision 009).
 *
 * @see https://fetch.spec.whatwg.org/#http-network-or-cache-fetch steps 15 to 17
 */
export const VALIDATE = modeOf('no-cache', {});

/** Asks for all of it: of whatever is on the way, too. */
export const RELOAD = modeOf('reload', VALIDATE);

/** The fetch of a browser does not show where a redirect leads. */
const inBrowser = typeof globalThis.location === 'object';

/**
 * Whether a page asks another origin: it may send If-None-Match there only if that origin allows it in
 * Access-Control-Allow-Headers.
 */
export function isCrossOrigin(url: URL): boolean {
  return inBrowser && url.origin !== globalThis.location.origin;
}

/**
 * Sends a request with the given fields, and shows a redirect rather than following it.
 *
 * @param signal - aborts it, in place of that of the caller
 */
export function ask(
  { fetch }: Context,
  request: ClientRequest,
  headers: Record<string, string>,
  mode: RequestInit,
  signal: AbortSignal | null,
): Promise<Response> {
  const { input, redirect } = request;
  const init = signal === request.signal ? request.init : { ...request.init, signal };
  const sent = fetch(input, { ...init, ...mode, headers, redirect: 'manual' });
  if (!inBrowser || redirect === 'manual') return sent;
  // What is hidden is asked for again, and followed out of sight: without our validators.
  const plain = { ...init, headers: Object.fromEntries(withoutPreconditions(request.fields)), redirect };
  return sent.then((response) => (response.type === 'opaqueredirect' ? fetch(input, plain) : response));
}

/** Sends a request that may change something: once. */
export function askOnce({ fetch }: Context, request: ClientRequest): Promise<Response> {
  const { fields, init, input, redirect } = request;
  // The platform would compare the content of a redirect with what is meant for that of the last response.
  const isFollowed = inBrowser || (memberOf(request, 'integrity') && !preconditionOf(fields));
  return fetch(input, {
    ...init,
    headers: Object.fromEntries(fields),
    redirect: isFollowed ? redirect : 'manual',
  });
}
