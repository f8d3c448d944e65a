import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ask } from './ask.ts';
import { startProxy } from './proxy.ts';

/** A server that answers every request with how many came. */
async function startCounter() {
  let count = 0;
  const server = createServer((socket) => {
    socket.on('data', () => socket.write(`${++count}.`)).on('error', () => {});
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { port: (server.address() as AddressInfo).port, close: () => server.close() };
}

let counter: Awaited<ReturnType<typeof startCounter>>;
let proxy: Awaited<ReturnType<typeof startProxy>>;
beforeEach(async () => {
  counter = await startCounter();
  proxy = await startProxy(counter.port);
});
afterEach(async () => {
  await proxy.close();
  counter.close();
});

const count = (request = 'count') => ask(proxy.port, request, /\.$/);

it('passes on', async () => {
  expect([await count(), await count()]).toEqual(['1.', '2.']);
});

it('loses the answer to a request that was carried out', async () => {
  proxy.loseAnswers(1);
  await expect(count()).rejects.toThrow(/ECONNRESET.*it said ""/);
  expect(proxy.lost).toBe(1);
  expect(await count()).toBe('2.');
});

it('loses the answers that it is told to', async () => {
  proxy.loseAnswers(2, (bytes) => bytes.includes('COMMIT'));
  expect(await count('BEGIN')).toBe('1.');
  await expect(count('COMMIT')).rejects.toThrow('ECONNRESET');
  expect(await count('BEGIN')).toBe('3.');
  await expect(count('COMMIT')).rejects.toThrow('ECONNRESET');
  expect(await count('COMMIT')).toBe('5.');
  expect(proxy.lost).toBe(2);
});

it('cuts connections that are open, not those to come', async () => {
  const waiting = ask(proxy.port, 'count', /never/);
  const refused = expect(waiting).rejects.toThrow(/ECONNRESET.*it said "1\."/);
  while ((await count()) === '1.');
  proxy.cut();
  await refused;
  expect(await count()).toMatch(/^\d\.$/);
});

it('stalls', async () => {
  const resume = proxy.stall();
  const stalled = count();
  expect(await ask(counter.port, 'count', /\.$/)).toBe('1.');
  resume();
  expect(await stalled).toBe('2.');
});

it('resets a client whose server is gone', async () => {
  counter.close();
  await expect(count()).rejects.toThrow('ECONNRESET');
});
