import { backOff } from './pause.ts';
import type { Release, ResponseStore } from './port.ts';

/** How long a lock lasts, in ms, whatever became of its holder; and how long to wait for one. */
const LOCK_MS = 5000;
const LONGEST_PAUSE_MS = 100;

/**
 * Waits until nobody else asks for what a key names, so that one process loads it and the others find it.
 *
 * @returns the lock; one that has expired when it took too long: the request is sent all the same
 */
export async function waitForLock(
  store: Required<ResponseStore>,
  key: string,
  signal: AbortSignal | null,
): Promise<Release> {
  const deadline = performance.now() + LOCK_MS;
  for (let attempt = 0; ; attempt++) {
    signal?.throwIfAborted();
    const release = await store.lock(key, LOCK_MS);
    if (release) return release;
    if (performance.now() >= deadline) return () => {};
    await backOff(attempt, 5, LONGEST_PAUSE_MS, signal);
  }
}
