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

const answers = new WeakMap<Response, CallAnswer>();

/**
 * Tells how a response of a client came to be.
 *
 * @param response - what a client returned, or a clone of it
 * @returns null for any other response
 */
export function answerOf(response: Response): CallAnswer | null {
  return answers.get(response) ?? null;
}

/** Remembers how a response came to be, for its clones as well. */
export function remember(response: Response, answer: CallAnswer): void {
  answers.set(response, answer);
}
