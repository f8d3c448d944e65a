/** A stored response without its content: what a 304 changes. JSON, so that any store can keep it. */
export interface StoredResponse {
  /** Names the content that was stored with it; never used twice. */
  readonly id: string;
  readonly status: number;
  readonly statusText: string;
  /** The header fields as they were received, names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** The request fields that Vary names, with what they were; null where one was not sent. */
  readonly selecting: Readonly<Record<string, string | null>>;
  /** When the request was sent, in ms since the epoch: request_time (RFC 9111 §4.2.3). */
  readonly requested: number;
  /** When the head of the response came, in ms since the epoch: response_time (RFC 9111 §4.2.3). */
  readonly received: number;
  /** The bytes that its content took on the wire; null where that is not known. */
  readonly wireBytes: number | null;
  /** How long the exchange took to the end of the content, in ms. */
  readonly took: number;
}

/** What may be there at once: a store in memory keeps nobody waiting. */
export type Awaitable<T> = T | Promise<T>;

/** Gives a lock back; does nothing when it has expired. */
export type Release = () => Awaitable<void>;

/**
 * Where responses live: under a key the variants of one resource, as one identity saw them. Content and metadata apart,
 * so that a 304 does not write the content again. `testResponseStore` checks the contract.
 *
 * A store may forget whatever it likes. A client reads on when any of these rejects or takes too long.
 *
 * @see RFC 9111 §2, §4
 */
export interface ResponseStore {
  /** The responses stored under a key, without their content; none when there are none. */
  list(key: string): Awaitable<readonly StoredResponse[]>;

  /**
   * The content of a stored response. Nobody modifies it.
   *
   * @returns null when it is not stored
   */
  payload(key: string, id: string): Awaitable<Uint8Array | null>;

  /**
   * Stores a response with its content, in place of those that it supersedes. Does nothing when the key was deleted after the
   * response was requested: what somebody read before a write must not come back after it.
   *
   * @param replaces - the ids of the responses to forget
   */
  put(key: string, response: StoredResponse, payload: Uint8Array, replaces: readonly string[]): Awaitable<void>;

  /**
   * Gives a stored response its new metadata; its content stays. Does nothing when the response is not stored any more: the
   * metadata of one must never meet the content of another.
   *
   * @see RFC 9111 §3.2
   */
  freshen(key: string, response: StoredResponse): Awaitable<void>;

  /**
   * Forgets everything under a key, takes its lock from its holder, and remembers for a while when that was.
   *
   * @see RFC 9111 §4.4
   */
  delete(key: string): Awaitable<void>;

  /**
   * Forgets everything under the keys of a section, and remembers for a while when that was, as `delete` does. The section of
   * a key is what comes before its second space. Left out where a store cannot tell which keys it has.
   */
  clear?(section: string): Awaitable<void>;

  /**
   * Locks a key among all processes that share the store; left out where a store has none to share with.
   *
   * @param ms - after this time the lock is gone, whatever became of its holder
   * @returns null when somebody else has it
   */
  lock?(key: string, ms: number): Awaitable<Release | null>;
}
