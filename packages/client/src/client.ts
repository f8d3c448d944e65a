import { isRead, OutcomeUnknownError } from '@etag/core';
import { parseCacheControl } from './cache-control.ts';
import type { Context } from './context.ts';
import { type ClientEvent, publisher } from './event.ts';
import { Invalidations } from './invalidations.ts';
import { memoryStore } from './memory.ts';
import { storeOpener } from './open-store.ts';
import { checkOptions } from './options.ts';
import { fingerprinter, partitionOf } from './partition.ts';
import { type PollOptions, poll } from './poll.ts';
import type { ResponseStore } from './port.ts';
import { contentOf } from './query.ts';
import { answerRead } from './read.ts';
import { followRedirects } from './redirect.ts';
import { type ClientInit, type ClientRequest, memberOf, requestOf } from './request.ts';
import { Counts, type Stats } from './stats.ts';
import { Unshareable } from './unshareable.ts';
import { create, type UpdateOptions, update, type WriteOptions, type Written } from './update.ts';
import { preconditionOf, type Validators } from './validators.ts';
import { clear, invalidate, passThrough } from './write.ts';

/** How a client reads. */
export interface ClientOptions {
  /** Where responses are kept. @default a store of 64 MiB in memory */
  store?: ResponseStore | undefined;
  /** `revalidate` asks every time; `rfc9111` answers from the store what is fresh. @default 'revalidate' */
  mode?: 'revalidate' | 'rfc9111' | undefined;
  /** The validators to send where a response has both. @default 'both' */
  validators?: Validators | undefined;
  /**
   * The request fields that tell one identity from another, besides those whose name says so: Authorization, Cookie, and what
   * is called a token, a key, a session and the like. @default none
   */
  identity?: readonly string[] | undefined;
  /** Tells one identity from another where no field does: the account behind a proxy, say. */
  partition?: string | undefined;
  /**
   * What identities are named with in the store, at least 16 random bytes. Processes that share a store need the same one to
   * share what they read under an identity. @default random bytes, the same for the whole process
   */
  key?: string | Uint8Array | undefined;
  /** The longest content to store, in bytes. @default 16 MiB */
  limit?: number | undefined;
  /**
   * How long to wait, in ms, for the same request that was sent before: by this process, or, where nobody has read it yet, by
   * another that shares the store. It saves requests, and takes time. @default 0
   */
  wait?: number | undefined;
  /** What a URL is relative to. @default that of the page, where there is one */
  baseUrl?: string | URL | undefined;
  /** What goes with each call that says nothing else: header fields one by one, other members of init as a whole. */
  init?: Omit<ClientInit, 'method' | 'body' | 'signal'> | undefined;
  /** What sends the requests. @default the global fetch */
  fetch?: typeof fetch | undefined;
  /** Called with everything that happens. */
  onEvent?: ((event: ClientEvent) => void) | undefined;
}

/** fetch that remembers validators. */
export interface Client {
  // Not RequestInfo, which Node's types do not have.
  (input: string | URL | Request, init?: ClientInit): Promise<Response>;
  /**
   * Forgets what is stored for a URL, as an unsafe request does: for what somebody else has changed.
   *
   * @param init - what tells the identity, as in the call that read it
   */
  invalidate(url: string | URL, init?: ClientInit): Promise<void>;
  /**
   * Forgets all that is stored for an identity: for one that logs out, say.
   *
   * @param init - what tells the identity, as in the calls that it made; @default that of the client
   * @throws TypeError when the store cannot tell which keys it has
   * @throws what the store throws, when not all of it was deleted
   */
  clear(init?: ClientInit): Promise<void>;
  /** What became of the requests so far, by origin and partition. */
  stats(): Stats[];
  /**
   * Reads, merges and writes back with If-Match; when somebody else wrote meanwhile, again from what they wrote.
   *
   * @param merge - makes what to send of the current content; may run several times, so it has no other effects; undefined
   *   leaves the resource as it is
   * @returns `updated`, or why not
   * @throws PreconditionRequiredError when the server has no strong tag to guard the write with; nothing was sent
   * @throws TypeError for an option that there is not, or that is of another type, and when what `merge` returns is nothing that JSON can say; nothing was sent
   * @throws OutcomeUnknownError when the write was sent and no answer came; what is stored is then validated before it is used
   * @throws what fetch throws, when nothing was written
   * @see RFC 9110 §13.1.1
   */
  update<T>(url: string | URL, merge: (current: T) => unknown, options?: UpdateOptions): Promise<Written>;
  /**
   * Writes what is not there yet, with `If-None-Match: *`.
   *
   * @returns `created`; `exists` when there is something already, and nothing was written
   * @throws TypeError for an option that there is not, or that is of another type, and when the content is nothing that JSON can say; nothing was sent
   * @throws OutcomeUnknownError when the write was sent and no answer came
   * @throws what fetch throws, when nothing was written
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
 * @param options - where responses are stored, and how; @default in the memory of the process
 * @returns a function with the signature of fetch
 * @throws TypeError for an option that there is not, or that is of another type, and when the key is too short
 * @see RFC 9111 §4.3
 * @example
 * const client = createClient();
 * const response = await client('https://example.com/feed');
 */
export function createClient(options: ClientOptions = {}): Client {
  checkOptions(options, OPTIONS);
  const { store = memoryStore() } = options;
  const counts = new Counts();
  const publish = publisher((event) => counts.count(event), options.onEvent);
  const context: Context = {
    fetch: options.fetch ?? ((input, init) => globalThis.fetch(input, init)),
    openStore: storeOpener(store, publish),
    mode: options.mode ?? 'revalidate',
    validators: options.validators ?? 'both',
    limit: options.limit ?? 16 * 1024 * 1024,
    identity: (options.identity ?? []).map((name) => name.toLowerCase()),
    partition: options.partition,
    fingerprint: fingerprinter(options.key),
    wait: options.wait ?? 0,
    // Never empty: to take the last entry out of a Map takes V8 2 µs, since it makes the Map anew.
    shared: new Map([['', undefined]]),
    unshareable: new Unshareable(),
    validating: new Set(),
    invalidations: new Invalidations(),
    publish,
  };
  const send = (request: ClientRequest) =>
    mayBeStored(request) ? answerRead(context, request) : passThrough(context, request);
  const identified = async (input: RequestInfo | URL, init?: ClientInit): Promise<ClientRequest> => {
    const called = requestOf(input, init, options);
    const [partition, content] = [partitionOf(called, context), contentOf(called)];
    return { ...called, partition: await partition, content: await content };
  };
  const call = async (isWrite: boolean, input: RequestInfo | URL, init?: ClientInit) => {
    try {
      return await followRedirects(await identified(input, init), send);
    } catch (error) {
      // As fetch: what it throws is what the caller gets. Of a write one has to know, unless one has aborted it oneself.
      const isHidden = error instanceof OutcomeUnknownError && (!isWrite || init?.signal?.aborted);
      throw isHidden ? error.cause : error;
    }
  };
  const client = call.bind(null, false);
  const write = call.bind(null, true);
  return Object.assign(client, {
    stats: () => counts.rows(),
    invalidate: async (url: string | URL, init?: ClientInit) => invalidate(context, await identified(url, init)),
    clear: async (init?: ClientInit) =>
      clear(context, store, await partitionOf(requestOf('about:blank', init, options), context)),
    update: async <T>(url: string | URL, merge: (current: T) => unknown, how?: UpdateOptions) =>
      update(write, requestOf(url, undefined, options).url, merge, how),
    create: (url: string | URL, content: unknown, options?: WriteOptions) => create(write, url, content, options),
    poll: (url: string | URL, options: PollOptions) => poll(client, url, options),
  });
}

const OPTIONS = {
  store: 'an object',
  mode: '"revalidate" or "rfc9111"',
  validators: '"both", "etag" or "last-modified"',
  identity: 'an array object',
  partition: 'a string',
  key: 'a string or an object',
  limit: 'a number of 0 or more',
  wait: 'a number of 0 or more',
  baseUrl: 'a string or an object',
  init: 'an object',
  fetch: 'a function',
  onEvent: 'a function',
};

/** Whether a request may be answered from the store, and its answer stored. */
function mayBeStored(request: ClientRequest): boolean {
  const { method, fields, url, content } = request;
  return (
    isRead(method) &&
    content !== null &&
    /^https?:$/.test(url.protocol) &&
    // A caller that sends a precondition gets the raw 304, one that asks for a range the raw 206.
    !preconditionOf(fields) &&
    !fields.has('range') &&
    // RFC 9111 §5.2.1.5
    !parseCacheControl(fields.get('cache-control')).has('no-store') &&
    memberOf(request, 'cache') !== 'no-store' &&
    // The platform would compare it with the content that a 304 does not have.
    !memberOf(request, 'integrity')
  );
}
