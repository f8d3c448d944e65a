import type { Awaitable } from './port.ts';

/** A timer of more would go off at once. */
const LONGEST_MS = 2 ** 31 - 1;

/**
 * Waits, for 25 days at most.
 *
 * @throws the reason of the signal, when it is aborted
 */
export function pause(ms: number, signal: AbortSignal | null): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', end);
      if (signal?.aborted) reject(signal.reason);
      else resolve();
    };
    const timer = setTimeout(end, Math.min(ms, LONGEST_MS));
    signal?.addEventListener('abort', end);
    if (signal?.aborted) end();
  });
}

/** Waits until a promise is settled, whatever it comes to, but no longer than a time in ms. */
export async function within(ms: number, promise: Awaitable<unknown>): Promise<void> {
  const waited = new AbortController();
  await Promise.race([promise, pause(ms, waited.signal)]).catch(() => {});
  waited.abort();
}

/**
 * Waits before the next try: a random time up to a bound that doubles with every try, so that those who collided once do not
 * collide again.
 *
 * @param attempt - how many tries came before, from 0
 * @param first - the bound after the first, in ms
 * @param longest - the bound that is not exceeded, in ms
 * @throws the reason of the signal, when it is aborted
 */
export function backOff(attempt: number, first: number, longest: number, signal: AbortSignal | null): Promise<void> {
  return pause(Math.random() * Math.min(longest, first * 2 ** attempt), signal);
}
