import { holds, outcome, refused } from '@etag/core';
import { Redis } from 'ioredis';
import { available, startRedis } from 'servers';
import { afterAll, describe, expect, test } from 'vitest';
import { brokenLaws } from '../../test/broken-laws.ts';
import type { VersionedStore } from '../store.ts';
import { type Ioredis, redisStore } from './index.ts';

const server = await available('mutants of redisStore', startRedis);
const client = new Redis(server?.url ?? '', { maxRetriesPerRequest: 0, lazyConnect: true });
afterAll(async () => {
  client.disconnect();
  await server?.stop();
});

/** A client that runs another script than it is given. */
function altered(from: string, to: string): Ioredis {
  const alter = (lua: string) => {
    if (!lua.includes(from)) throw new Error(`The script does not contain ${from}`);
    return lua.replace(from, to);
  };
  return {
    evalsha: () => Promise.reject(new Error('NOSCRIPT')),
    eval: (lua, keys, ...args) => client.eval(alter(lua), keys, ...args),
    hmget: (key, ...fields) => client.hmget(key, ...fields),
    on: () => {},
    status: 'ready',
    isCluster: false,
    options: client.options,
  };
}

describe.skipIf(!server)('the contract catches a script that', () => {
  test('is altered nowhere: not at all', async () => {
    expect(await brokenLaws(redisStore(altered('KEYS[1]', 'KEYS[1]'), { prefix: 'sound:' }), '')).toEqual([]);
  });

  const mutants: [mutation: string, law: string, from: string, to: string][] = [
    ['drops the version check', 'of 32 updates', 'and not (expected.oneOf and not among(expected.oneOf))', ''],
    ['drops the check for versions excluded', 'put expecting noneOf(seen)', 'and not (expected.noneOf and among', '--'],
    ['drops the check for existence', 'put expecting exists', 'not expected.exists and', ''],
    ['drops the check for absence', 'of 32 creations', 'not expected.absent', 'true'],
    ['drops the check of the date', 'a date in the future', 'return modified and', 'return false and'],
    ['compares dates in ms', 'a date is compared', 'math.floor(modified / 1000) * 1000', 'tonumber(modified)'],
    ['looks at one version alone', 'put expecting oneOf(never, seen)', 'ipairs(versions)', 'ipairs({versions[1]})'],
    [
      'counts versions from 1 after each delete',
      'no old version fits',
      'cjson.decode(ARGV[1]), ARGV[2]',
      "cjson.decode(ARGV[1]), string.format('%d', (tonumber(current) or 0) + 1)",
    ],
    ['keeps the version of an update', 'the same value', "'version', version,", "'version', current or version,"],
    ['gives the version it was sent as the current one', 'of 32 updates', "'refused', current", "'refused', ARGV[2]"],
    ['claims to have deleted nothing', 'delete expecting any', 'or not (current or value)', ''],
    ['calls an update a creation', 'what a write returns', "current and 'updated' or 'created'", "'created'"],
    [
      'writes before it refuses',
      'put expecting noneOf(seen)',
      'if not holds()',
      "redis.call('DEL', KEYS[1]) if not holds()",
    ],
    ['counts time in seconds', 'the modification time', 'time[1] * 1000', 'time[1]'],
    [
      'expires what it writes',
      'what a write returns',
      'return { current and',
      "redis.call('EXPIRE', KEYS[1], 0) return { current and",
    ],
  ];
  test.each(mutants)('%s', async (mutation, law, from, to) => {
    const store = redisStore<unknown>(altered(from, to), { prefix: `${mutation}:` });
    expect(await brokenLaws(store, law)).not.toEqual([]);
  });
});

// WATCH is of the connection: the EXEC of one request ends it for all that share it.
test.skipIf(!server)('the contract catches WATCH on a shared connection', async () => {
  const sound = redisStore<unknown>(client, { prefix: 'watch:' });
  const store: VersionedStore<string, unknown> = {
    ...sound,
    async put(key, value, expectation) {
      await client.watch(`watch:${key}`);
      const current = await sound.get(key);
      if (!holds(expectation, current)) return refused(expectation, current);
      const next = { version: crypto.randomUUID(), modified: Date.now() };
      const write = client.multi().hset(`watch:${key}`, { ...next, value: JSON.stringify(value) });
      if (!(await write.exec())) return outcome({ kind: 'contended' });
      return outcome({ kind: current ? 'updated' : 'created', ...next, value });
    },
  };
  expect(await brokenLaws(store, 'a write to one key')).toEqual([]);
  expect(await brokenLaws(store, 'of 32 updates')).toHaveLength(1);
  expect(await brokenLaws(store, 'no acknowledged increment')).toHaveLength(1);
});
