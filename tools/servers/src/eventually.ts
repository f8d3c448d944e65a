import { setTimeout as pause } from 'node:timers/promises';

/**
 * Asks until there is an answer.
 *
 * @param ask - rejects as long as the time has not come
 * @param ms - for how long
 * @throws the last refusal, when the time is up
 */
export async function eventually<T>(ask: () => Promise<T>, ms: number, signal?: AbortSignal): Promise<T> {
  const deadline = Date.now() + ms;
  for (;;) {
    try {
      return await ask();
    } catch (refusal) {
      signal?.throwIfAborted();
      if (Date.now() > deadline) throw refusal;
      await pause(20);
    }
  }
}
