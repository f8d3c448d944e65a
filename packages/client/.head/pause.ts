import { abortable } from './abort.ts';

/**
 * Waits.
 *
 * @throws the reason of the signal, when it is aborted
 */
export function pause(ms: number, signal: AbortSignal | null): Promise<void> {
  let timer: ReturnType<typeof setTimeout>;
  const waited = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  return abortable(waited, signal).finally(() => clearTimeout(timer));
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
