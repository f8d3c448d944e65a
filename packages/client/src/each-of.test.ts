import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { eachOf } from './each-of.ts';

test.each([
  { concurrency: 5, perHost: 2 },
  { concurrency: 3, perHost: 10 },
  { concurrency: 100, perHost: 1 },
])('runs each once, and never more at a time than %o', async (limits) => {
  const urls = Array.from({ length: 60 }, (_, i) => `https://${'abc'[i % 3]}.example/${i}`);
  const running: string[] = [];
  const ran: string[] = [];
  let most = 0;
  let mostOfHost = 0;
  await eachOf(urls, limits, async (url) => {
    running.push(url);
    most = Math.max(most, running.length);
    const ofHost = running.filter((other) => new URL(other).host === new URL(url).host).length;
    mostOfHost = Math.max(mostOfHost, ofHost);
    for (let i = 0; i < Number(new URL(url).pathname.slice(1)) % 5; i++) await setImmediate();
    running.splice(running.indexOf(url), 1);
    ran.push(url);
  });
  expect(ran.sort()).toEqual([...urls].sort());
  expect(most).toBe(Math.min(limits.concurrency, limits.perHost * 3));
  expect(mostOfHost).toBeLessThanOrEqual(limits.perHost);
});

test('what is not a URL is run as well', async () => {
  const ran: string[] = [];
  await eachOf(['no URL', 'none either'], { concurrency: 1, perHost: 1 }, async (url) => void ran.push(url));
  expect(ran).toEqual(['no URL', 'none either']);
});
