import type { How } from './event.ts';

/** How a call was answered. */
export interface CallAnswer {
  /** `full` by the network, `not-modified` by a validation, `fresh` or `stale` from the store, `shared` with another call. */
  readonly how: How;
  /** The requests that were sent for it: redirects and repetitions count, those of another call do not. */
  readonly requests: number;
  /** The bytes of content that did not come over the wire. */
  readonly savedBytes: number;
  /** Where permanent redirects (301, 308) lead from the URL that was called: the one to use from now on. Null without one. */
  readonly movedTo: string | null;
}

// On the response itself, which costs less than a WeakMap of all of them (docs/decisions/032).
const ANSWER = Symbol.for('@etag/client.answer');

type Answered = Response & { [ANSWER]?: CallAnswer | null };

/**
 * Tells how a response of a client came to be.
 *
 * @param response - what a client returned, or a clone of it
 * @returns null for any other response
 */
export function answerOf(response: Response): CallAnswer | null {
  return (response as Answered)[ANSWER] ?? null;
}

/** Remembers how a response came to be, for its clones as well. */
export function remember(response: Response, answer: CallAnswer | null): void {
  (response as Answered)[ANSWER] = answer;
}
