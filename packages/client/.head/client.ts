import { parseCacheControl } from './cache-control.ts';
import type { Context } from './context.ts';
import { type ClientEvent, publisher } from './event.ts';
import { Flights } from './flight.ts';
import { Invalidations } from './invalidations.ts';
import { memoryStore } from './memory.ts';
import { failOpen } from './open-store.ts';
import { fingerprinter } from './partition.ts';
import { type PollOptions, poll } from './poll.ts';
import type { ResponseStore } from './port.ts';
import { answerRead } from './read.ts';
import { followRedirects } from './redirect.ts';
import { type ClientInit, type ClientRequest, memberOf, requestOf } from './request.ts';
import { Counts, type Stats } from './stats.ts';
import { create, type UpdateOptions, update, type WriteOptions, type Written } from './update.ts';
import { preconditionOf, type Validators } from './validators.ts';
import { passThrough } from './write.ts';

/** How a client reads. */
export interface ClientOptions {
  /** Where responses are kept. @default a store of 64 MiB in memory */
  store?: ResponseStore | undefined;
  /** `revalidate` asks every time; `rfc9111` answers from the store what is fresh. @default 'revalidate' */
  mode?: 'revalidate' | 'rfc9111' | undefined;
  /** The validators to send where a response has both. @default 'both' */
  validators?: Validators | undefined;
  /** Tells one identity from another where Authorization and Cookie do not: the account behind a proxy, say. */
  partition?: string | undefined;
  /**
   * What identities are named with in the store, at least 16 random bytes. Processes that share a store need the same one to
   * share what they read under an identity. @default random bytes, the same for the whole process
   */
  key?: string | Uint8Array | undefined;
  /** The longest content to store, in bytes. @default 16 MiB */
  limit?: number | undefined;
  /** What sends the requests. @default the global fetch */
  fetch?: typeof fetch | undefined;
  /** Called with everything that happens. */
  onEvent?: ((event: ClientEvent) => void) | undefined;
}

/** fetch that remembers validators. */
export interface Client {
  (input: RequestInfo | URL, init?: ClientInit): Promise<Response>;
  /** What became of the requests so far, by origin and partition. */
  stats(): Stats[];
  /**
   * Reads, merges and writes back with If-Match; when somebody else wrote meanwhile, again from what he wrote.
   *
   * @param merge - makes what to send of the current content; may run several times, so it has no other effects; undefined
   *   leaves the resource as it is
   * @returns `updated`, or why not
   * @throws PreconditionRequiredError when the server has no strong tag to guard the write with; nothing was sent
   * @throws what fetch throws: when the write was sent, it may or may not have been done
   * @see RFC 9110 §13.1.1
   */
  update<T>(url: string | URL, merge: (current: T) => unknown, options?: UpdateOptions): Promise<Written>;
  /**
   * Writes what is not there yet, with `If-None-Match: *`.
   *
   * @returns `created`; `exists` when there is something already, and nothing was written
   * @throws what fetch throws: the write may or may not have been done
   * @see RFC 9110 §13.1.2
   */
  create(url: string | URL, content: unknown, options?: WriteOptions): Promise<Written>;
  /**
   * Asks again and again, and yields the content each time that it has changed, first of all what is there. Waits longer than
   * the interval where Retry-After or max-age say so, and after errors; ends when the resource is gone (410).
   *
   * @throws the reason of the signal, when it is aborted
   */
  poll(url: string | URL, options: PollOptions): AsyncGenerator<Response, void, undefined>;
}

/**
 * Makes a function with the signature of fetch, that remembers what it read: it sends the validators of what is stored, and
 * turns a 304 into the stored response.
 *
 * @throws TypeError when the key is too short
 * @see RFC 9111 §4.3
 * @example
 * const client = createClient();
 * const response = await client('https://example.com/feed');
 */
export function createClient(options: ClientOptions = {}): Client {
  const counts = new Counts();
  const publish = publisher((event) => counts.count(event), options.onEvent);
  const context: Context = {
    fetch: options.fetch ?? ((input, init) => globalThis.fetch(input, init)),
    store: failOpen(options.store ?? memoryStore(), publish),
    mode: options.mode ?? 'revalidate',
    validators: options.validators ?? 'both',
    limit: options.limit ?? 16 * 1024 * 1024,
    partition: options.partition,
    fingerprint: fingerprinter(options.key),
    flights: new Flights(),
    invalidations: new Invalidations(),
    publish,
  };
  const send = (request: ClientRequest) =>
    mayBeStored(request) ? answerRead(context, request) : passThrough(context, request);
  const client = async (input: RequestInfo | URL, init?: ClientInit) =>
    await followRedirects(requestOf(input, init), send);
  return Object.assign(client, {
    stats: () => counts.rows(),
    update: <T>(url: string | URL, merge: (current: T) => unknown, options?: UpdateOptions) =>
      update(client, url, merge, options),
    create: (url: string | URL, content: unknown, options?: WriteOptions) => create(client, url, content, options),
    poll: (url: string | URL, options: PollOptions) => poll(client, url, options),
  });
}

/** Whether a request may be answered from the store, and its answer stored. */
function mayBeStored(request: ClientRequest): boolean {
  const { method, fields, url } = request;
  return (
    (method === 'GET' || method === 'HEAD') &&
    /^https?:$/.test(url.protocol) &&
    // Who sends a precondition gets the raw 304, who asks for a range the raw 206.
    !preconditionOf(fields) &&
    !fields.has('range') &&
    // RFC 9111 §5.2.1.5
    !parseCacheControl(fields.get('cache-control')).has('no-store') &&
    memberOf(request, 'cache') !== 'no-store' &&
    // The platform would compare it with the content that a 304 does not have.
    !memberOf(request, 'integrity')
  );
}
