import { expect, test, vi } from 'vitest';
import { unlessAborted } from './abort.ts';

test('a call without a signal is the call itself', () => {
  const call = Promise.resolve(1);
  expect(unlessAborted(call, undefined)).toBe(call);
});

test('a call that ends before the signal gives what it gives', async () => {
  const { signal } = new AbortController();
  expect(await unlessAborted(Promise.resolve(1), signal)).toBe(1);
  await expect(unlessAborted(Promise.reject(new Error('down')), signal)).rejects.toThrow('down');
});

test.each([[new Error('too slow')], ['too slow'], [undefined]])(
  'gives the reason of the signal: %j',
  async (reason) => {
    const controller = new AbortController();
    const pending = unlessAborted(new Promise(() => {}), controller.signal);
    controller.abort(reason);
    await expect(pending).rejects.toBe(controller.signal.reason);
  },
);

test('a signal that is aborted already does not wait, and what the call comes to goes nowhere', async () => {
  const signal = AbortSignal.abort(new Error('too slow'));
  await expect(unlessAborted(new Promise(() => {}), signal)).rejects.toBe(signal.reason);
  await expect(unlessAborted(Promise.reject(new Error('down')), signal)).rejects.toBe(signal.reason);
  await expect(unlessAborted(Promise.resolve(1), signal)).rejects.toBe(signal.reason);
});

test.each([() => Promise.resolve(1), () => Promise.reject(new Error('down'))])(
  'leaves no listener on a signal that many calls share: %s',
  async (call) => {
    const { signal } = new AbortController();
    const [add, remove] = [vi.spyOn(signal, 'addEventListener'), vi.spyOn(signal, 'removeEventListener')];
    await unlessAborted(call(), signal).catch(() => {});
    await vi.waitFor(() => expect(remove.mock.calls.length).toBe(add.mock.calls.length));
    expect(add.mock.calls.map(([type, listener]) => [type, listener])).toEqual(remove.mock.calls);
  },
);
