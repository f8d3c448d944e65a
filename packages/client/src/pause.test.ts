import { afterEach, expect, test, vi } from 'vitest';
import { pause } from './pause.ts';

afterEach(() => vi.useRealTimers());

test.each([2 ** 31, Number.POSITIVE_INFINITY])('a pause of %d ms does not end at once', async (ms) => {
  vi.useFakeTimers();
  const ended = vi.fn();
  const paused = pause(ms, null).then(ended);
  await vi.advanceTimersByTimeAsync(2 ** 31 - 2);
  expect(ended).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(1);
  await paused;
});

test('a pause ends with its signal, before it or during it, and leaves nothing on it', async () => {
  const controller = new AbortController();
  const removed = vi.spyOn(controller.signal, 'removeEventListener');
  await pause(0, controller.signal);
  expect(removed).toHaveBeenCalledOnce();
  const paused = pause(1e9, controller.signal);
  controller.abort(new Error('went away'));
  await expect(paused).rejects.toThrow('went away');
  await expect(pause(1e9, controller.signal)).rejects.toThrow('went away');
});
