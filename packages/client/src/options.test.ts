import { expect, test } from 'vitest';
import { createClient } from './client.ts';

const sent: unknown[] = [];
const client = createClient({
  async fetch(input) {
    sent.push(input);
    return new Response('{}', { headers: { ETag: '"v1"' } });
  },
});
const url = 'http://localhost/a';
const merge = (it: unknown) => it;

test.each<[what: string, call: () => unknown, message: string]>([
  ['createClient', () => createClient({ mode: 'RFC9111' } as object), 'mode is "revalidate" or "rfc9111", not RFC9111'],
  ['createClient', () => createClient({ limit: Number.NaN }), 'limit is a number of 0 or more, not NaN'],
  ['createClient', () => createClient({ wait: -1 }), 'wait is a number of 0 or more, not -1'],
  ['createClient', () => createClient({ limit: '1000' } as object), 'limit is a number of 0 or more, not 1000'],
  ['createClient', () => createClient({ onEvent: {} } as object), 'onEvent is a function, not [object Object]'],
  ['a call', () => client(url, { etag: { fresh: 'no' } } as object), 'fresh is a boolean, not no'],
  [
    'update',
    () => client.update(url, merge, { attempt: 3 } as object),
    'attempt is not one of the options init, as, method',
  ],
  ['update', () => client.update(url, merge, { method: 'patch' } as object), 'method is "PUT" or "PATCH", not patch'],
  ['update', () => client.update(url, merge, { as: 'JSON' } as object), 'as is "json" or "text", not JSON'],
  ['update', () => client.update(url, merge, { attempts: Number.NaN }), 'attempts is a number of 0 or more, not NaN'],
  ['update', () => client.update(url, merge, { attempts: '3' } as object), 'attempts is a number of 0 or more, not 3'],
  [
    'update',
    () => client.update(url, merge, { acceptWeakened: 'no' } as object),
    'acceptWeakened is a boolean, not no',
  ],
  ['update', () => client.update(url, merge, null as never), 'null is not one of the options'],
  ['create', () => client.create(url, {}, { signal: null } as object), 'signal is not one of the options init, as'],
  ['create', () => client.create(url, {}, { init: 'no-store' } as object), 'init is an object, not no-store'],
  ['poll', () => client.poll(url, { interval: 1, longest: 2 } as never).next(), 'longest is not one of the options'],
  ['poll', () => client.poll(url, { interval: '60' } as never).next(), 'interval is a number of 0 or more, not 60'],
  ['poll', () => client.poll(url, { interval: 1, onError: true } as never).next(), 'onError is a function, not true'],
])('a slip in the options of %s is a TypeError, and nothing is sent (%#)', async (_, call, message) => {
  const failure = await (async () => call())().then(
    () => null,
    (error: unknown) => error,
  );
  expect(failure).toBeInstanceOf(TypeError);
  expect(String(failure)).toContain(message);
  expect(sent).toEqual([]);
});

test('an option that is undefined or null is one that is not given', async () => {
  const none = { init: undefined, as: undefined, method: undefined, attempts: undefined, acceptWeakened: undefined };
  expect(await client.update(url, merge, none)).toMatchObject({ kind: 'updated' });
  expect((await client.poll(url, { interval: 1, signal: null }).next()).done).toBe(false);
});
