const FIRST_MS = 1;
const LONGEST_MS = 50;

/**
 * Waits before the next try: a random time up to a bound that doubles with every try, so that writers who collided once
 * do not collide again. Short enough to look at an abort signal afterwards rather than meanwhile.
 *
 * @param attempt - how many tries came before, from 0
 */
export function backoff(attempt: number): Promise<void> {
  const delay = Math.random() * Math.min(LONGEST_MS, FIRST_MS * 2 ** attempt);
  return new Promise((resolve) => setTimeout(resolve, delay));
}
