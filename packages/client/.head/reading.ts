import type { Context } from './context.ts';
import type { How } from './event.ts';
import type { Keeping } from './keep.ts';

/** One read: a request that may be answered from the store. */
export interface Read extends Keeping {
  readonly partition: string;
  /** When the client was called: in ms since the epoch, and by the clock that is never set back. */
  readonly start: number;
  readonly began: number;
}

/** Tells how a read was answered, and what that saved. */
export function answered(
  context: Context,
  read: Read,
  how: How,
  { status }: Response,
  savedBytes: number | null,
  savedTime: number,
): void {
  const { request, partition, start, began } = read;
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
}
