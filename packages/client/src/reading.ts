import type { CallAnswer } from './answer-of.ts';
import type { Context } from './context.ts';
import type { How } from './event.ts';
import type { Keeping } from './keep.ts';
import type { OpenStore } from './open-store.ts';

/** One read: a request that may be answered from the store. */
export interface Read extends Keeping {
  readonly partition: string;
  /** When the client was called: in ms since the epoch, and by the clock that is never set back. */
  readonly start: number;
  readonly began: number;
  readonly store: OpenStore;
  /** How many requests were sent for it so far. */
  requests: number;
}

/**
 * Tells how a read was answered, and what that saved.
 *
 * @param savedBytes - null where nobody knows
 * @returns what to remember of it
 */
export function answered(
  context: Context,
  read: Read,
  how: How,
  status: number,
  savedBytes: number | null = 0,
  savedTime = 0,
): CallAnswer {
  const { request, partition, start, began, requests } = read;
  context.publish({
    type: 'answered',
    how,
    url: request.url.href,
    origin: request.url.origin,
    partition,
    status,
    start,
    duration: performance.now() - began,
    savedBytes: savedBytes ?? 0,
    savedTime,
  });
  return { how, requests, savedBytes: savedBytes ?? 0, movedTo: null };
}
