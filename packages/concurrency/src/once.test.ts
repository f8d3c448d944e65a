import { expect, test, vi } from 'vitest';
import { once } from './once.ts';
import { unless } from './unless.ts';

test('once: calls at the same time and later share what the first one gives', async () => {
  const work = vi.fn(async () => ({}));
  const ask = once(work);
  const [first, second] = await Promise.all([ask(), ask()]);
  expect(second).toBe(first);
  expect(await ask()).toBe(first);
  expect(work).toHaveBeenCalledTimes(1);
});

test('once: what failed is done again, and all that waited are told', async () => {
  const work = vi.fn(async () => 1).mockRejectedValueOnce(new Error('down'));
  const ask = once(work);
  const failed = await Promise.allSettled([ask(), ask()]);
  expect(failed.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  await expect(Promise.all([ask(), ask()])).resolves.toEqual([1, 1]);
  expect(work).toHaveBeenCalledTimes(2);
});

test('unless: an error that is an answer is null, and any other is thrown', async () => {
  const refused = new Error('refused');
  const is = (error: unknown) => error === refused;
  expect(await unless(is, Promise.resolve(0))).toBe(0);
  expect(await unless(is, Promise.reject(refused))).toBeNull();
  await expect(unless(is, Promise.reject(new Error('refused')))).rejects.not.toBe(refused);
});
