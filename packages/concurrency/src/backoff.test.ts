import { afterEach, expect, test, vi } from 'vitest';
import { backoff } from './backoff.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

test.each<[attempt: number, longest: number]>([
  [0, 1],
  [1, 2],
  [5, 32],
  [6, 50],
  [100, 50],
])('after %d tries it waits for at most %d ms, by chance', async (attempt, longest) => {
  const timer = vi.spyOn(globalThis, 'setTimeout').mockImplementation(((done: () => void) => done()) as never);
  for (const chance of [0, 0.5, 1]) {
    vi.spyOn(Math, 'random').mockReturnValue(chance);
    await backoff(attempt);
    expect(timer).toHaveBeenLastCalledWith(expect.any(Function), chance * longest);
  }
});
