import { expect, test } from 'vitest';
import { connectionFor, stepCall } from './step-call.ts';

/** A connection that is waited for, and those that came back. */
function pool() {
  const released: string[] = [];
  let give = (_: string) => {};
  const connecting = new Promise<string>((resolve) => (give = resolve));
  return { released, connecting, give: (name: string) => give(name), release: (name: string) => released.push(name) };
}

test('a call without a signal is told nothing', () => {
  expect(stepCall(undefined)).toBeUndefined();
});

test('a call waits until it has its connection', async () => {
  const { connecting, give, release, released } = pool();
  const call = stepCall(new AbortController().signal);
  const waiting = connectionFor(connecting, release, call);
  expect(call?.isWaiting).toBe(true);
  give('a connection');
  expect(await waiting).toBe('a connection');
  expect(call?.isWaiting).toBe(false);
  expect(released).toEqual([]);
});

test('a connection that comes after the call was aborted goes back', async () => {
  const { connecting, give, release, released } = pool();
  const controller = new AbortController();
  const call = stepCall(controller.signal);
  const waiting = connectionFor(connecting, release, call);
  controller.abort(new Error('too slow'));
  await expect(waiting).rejects.toThrow('too slow');
  give('late');
  await expect.poll(() => released).toEqual(['late']);
  expect(call?.isWaiting).toBe(true);
});

test('of one that comes in the same moment, the call and its steps think alike', async () => {
  for (let turns = 0; turns < 8; turns++) {
    const { connecting, give, release, released } = pool();
    const controller = new AbortController();
    const call = stepCall(controller.signal);
    const waiting = connectionFor(connecting, release, call).catch((error: Error) => error.message);
    give('a connection');
    for (let turn = 0; turn < turns; turn++) await null;
    controller.abort(new Error('too slow'));
    // What the call is told now is what becomes of it.
    const isWaiting = call?.isWaiting;
    expect(await waiting).toBe(isWaiting ? 'too slow' : 'a connection');
    await expect.poll(() => released).toEqual(isWaiting ? ['a connection'] : []);
  }
});

test('a pool that gives no connection is a failure, in which nothing was sent', async () => {
  const call = stepCall(new AbortController().signal);
  await expect(connectionFor(Promise.reject(new Error('full')), () => {}, call)).rejects.toThrow('full');
});
