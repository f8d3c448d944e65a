/** What happened to one request of a client, or to its store. */
export type ClientEvent = Answered | Mismatched | StoreFailed;

/** How a request that may be answered from the store was answered. */
export type How =
  /** By the server, with content or an error. */
  | 'full'
  /** By a 304 and the stored content. */
  | 'not-modified'
  /** From the store without asking: it is fresh (RFC 9111 §4.2). */
  | 'fresh'
  /** From the store, while it is validated, or after the server failed (RFC 5861 §3, §4). */
  | 'stale'
  /** With the answer to the same request of somebody else, which was sent after this one was made. */
  | 'shared';

interface OfRequest {
  readonly url: string;
  readonly origin: string;
  /** Names the identity; '' for none. */
  readonly partition: string;
}

/** A request was answered. */
export interface Answered extends OfRequest {
  readonly type: 'answered';
  readonly how: How;
  readonly status: number;
  /** When the client was called, in ms since the epoch. */
  readonly start: number;
  /** How long it took to the head of the response, in ms. */
  readonly duration: number;
  /** The bytes of content that did not come over the wire; 0 where it did, or where nobody knows how many these were. */
  readonly savedBytes: number;
  /** How much longer the full response took, when it came, in ms. */
  readonly savedTime: number;
}

/** A 304 could not be used, and the request was sent again without preconditions. */
export interface Mismatched extends OfRequest {
  readonly type: 'mismatch';
  /** It names another validator than the one that was sent; its content is not stored any more; or nothing was asked. */
  readonly reason: 'validator' | 'content' | 'unasked';
}

/** The store rejected or took too long; the request went on without it. */
export interface StoreFailed {
  readonly type: 'store-failed';
  readonly operation: string;
  readonly error: unknown;
}

/** Where all events go. */
export type Publish = (event: ClientEvent) => void;

interface Channel {
  readonly hasSubscribers: boolean;
  publish(message: unknown): void;
}

interface Builtins {
  process?: { getBuiltinModule?: (id: string) => { channel(name: string): Channel } | undefined };
}

/** The channel of `node:diagnostics_channel` that has all events of all clients; found without an import, for browsers. */
const channel = /* @__PURE__ */ openChannel();

function openChannel(): Channel | undefined {
  const { process } = globalThis as Builtins;
  return process?.getBuiltinModule?.('node:diagnostics_channel')?.channel('@etag/client');
}

/**
 * Tells everybody who wants to know. What a hook throws is reported as uncaught, like that of an event listener, and does not
 * fail the request.
 */
export function publisher(count: Publish, onEvent: Publish | undefined): Publish {
  return (event) => {
    count(event);
    if (channel?.hasSubscribers) channel.publish(event);
    try {
      onEvent?.(event);
    } catch (error) {
      queueMicrotask(() => {
        throw error;
      });
    }
  };
}
