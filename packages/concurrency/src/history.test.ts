import { holds, OutcomeUnknownError, outcome, refused, stateOf, stored, type Versioned } from '@etag/core';
import { describe, expect, test } from 'vitest';
import { type Named, readAll, recordClient } from './history/client.ts';
import { checkHistory, type Observation, type Operation } from './history.ts';
import { memoryStore } from './memory/index.ts';
import type { VersionedStore } from './store.ts';

/** An operation on one key: `op('b', 'update', 'v1', [2, 3], { kind: 'written', version: 'v2' })`. */
function op(
  id: string,
  kind: Operation['kind'],
  expected: string | undefined,
  [invoked, returned]: [number, number | null],
  outcome: Observation,
): Operation {
  return { key: 'k', id, kind, expected, invoked, returned, outcome };
}

const unknown = { kind: 'unknown' } as const;
const written = (version: string) => ({ kind: 'written', version }) as const;
const found = (version: string, by: string) => ({ kind: 'found', version, by }) as const;
const stale = (version: string) => ({ kind: 'stale', version }) as const;
const kinds = (operations: Operation[]) => [...new Set(checkHistory(operations).map(({ kind }) => kind))];

const created = op('a', 'create', undefined, [0, 1], written('v1'));
const updated = op('b', 'update', 'v1', [2, 3], written('v2'));

describe('a history that can be explained', () => {
  test.each<[string, Operation[]]>([
    ['one write after the other', [created, updated, op('r', 'read', undefined, [4, 5], found('v2', 'b'))]],
    [
      'a read that overlaps a write sees the old',
      [created, updated, op('r', 'read', undefined, [2, 9], found('v1', 'a'))],
    ],
    ['or the new', [created, updated, op('r', 'read', undefined, [2, 3], found('v2', 'b'))]],
    ['a loser hears of the winner', [created, updated, op('c', 'update', 'v1', [2, 4], stale('v2'))]],
    [
      'a key that is deleted and created again',
      [
        created,
        op('d', 'delete', 'v1', [2, 3], { kind: 'deleted' }),
        op('r', 'read', undefined, [4, 5], { kind: 'nothing' }),
        op('m', 'update', 'v1', [4, 5], { kind: 'missing' }),
        op('c', 'create', undefined, [6, 7], written('v2')),
      ],
    ],
    [
      'an unknown write that took place',
      [created, op('u', 'update', 'v1', [2, null], unknown), op('r', 'read', undefined, [9, 10], found('v2', 'u'))],
    ],
    [
      'one that did not',
      [created, op('u', 'update', 'v1', [2, null], unknown), op('r', 'read', undefined, [9, 10], found('v1', 'a'))],
    ],
    [
      'one that takes place late',
      [
        created,
        op('u', 'update', 'v1', [2, null], unknown),
        op('r', 'read', undefined, [9, 10], found('v1', 'a')),
        op('s', 'read', undefined, [11, 12], found('v2', 'u')),
      ],
    ],
    [
      'one of which only a refusal tells',
      [created, op('u', 'update', 'v1', [2, null], unknown), op('c', 'update', 'v1', [9, 10], stale('v2'))],
    ],
    [
      'an unknown delete that took place',
      [created, op('u', 'delete', 'v1', [2, null], unknown), op('c', 'create', undefined, [9, 10], written('v2'))],
    ],
    [
      'an unknown creation',
      [
        op('u', 'create', undefined, [2, null], unknown),
        op('c', 'create', undefined, [9, 10], { kind: 'exists', version: 'v1' }),
      ],
    ],
    [
      'a read whose client was killed',
      [created, op('q', 'read', undefined, [2, null], unknown), op('r', 'read', undefined, [4, 5], found('v1', 'a'))],
    ],
    [
      'a write that failed for another reason, while what it expected was there',
      [created, op('c', 'update', 'v1', [2, 3], { kind: 'failed' })],
    ],
    ['nothing at all', []],
  ])('%s', (_, operations) => {
    expect(checkHistory(operations)).toEqual([]);
  });
});

describe('a history that shows', () => {
  test.each<[string, Operation[], string[]]>([
    ['a version given twice', [created, op('c', 'update', 'v1', [2, 3], written('v1'))], ['duplicate']],
    [
      'a write that took effect twice',
      [created, updated, op('r', 'read', undefined, [4, 5], found('v3', 'b'))],
      ['twice'],
    ],
    [
      'a refused write that took effect',
      [created, op('b', 'update', 'v1', [2, 3], stale('v2')), op('r', 'read', undefined, [4, 5], found('v2', 'b'))],
      ['phantom'],
    ],
    ['a write that nobody sent', [op('r', 'read', undefined, [4, 5], found('v2', 'x'))], ['phantom', 'inversion']],
    ['two writers who both won', [created, updated, op('c', 'update', 'v1', [2, 4], written('v3'))], ['fork']],
    [
      'an update and a delete that both won',
      [created, updated, op('c', 'delete', 'v1', [2, 4], { kind: 'deleted' })],
      ['fork'],
    ],
    ['two creations without a delete', [created, op('c', 'create', undefined, [0, 1], written('v2'))], ['fork']],
    [
      'a second creation afterwards',
      [created, op('c', 'create', undefined, [5, 6], written('v2'))],
      ['fork', 'inversion'],
    ],
    ['a predecessor that nobody wrote', [op('b', 'update', 'v1', [2, 3], written('v2'))], ['gap', 'inversion']],
    [
      'an acknowledged update that is lost',
      [created, updated, op('r', 'read', undefined, [4, 5], found('v1', 'a'))],
      ['inversion'],
    ],
    [
      'an acknowledged creation that is lost',
      [created, op('r', 'read', undefined, [4, 5], { kind: 'nothing' })],
      ['inversion'],
    ],
    [
      'a delete that is undone',
      [
        created,
        op('d', 'delete', 'v1', [2, 3], { kind: 'deleted' }),
        op('r', 'read', undefined, [4, 5], found('v1', 'a')),
      ],
      ['inversion'],
    ],
    ['a read from the future', [created, op('r', 'read', undefined, [0, 1], found('v2', 'b')), updated], ['inversion']],
    [
      'a write refused for no reason',
      [created, op('c', 'update', 'v1', [2, 3], { kind: 'stale' })],
      ['false-conflict'],
    ],
    [
      'a loser who hears of what it sent',
      [created, updated, op('c', 'update', 'v1', [2, 3], stale('v1'))],
      ['false-conflict'],
    ],
    [
      'a loser who hears of an older version',
      [created, updated, op('c', 'update', 'v2', [4, 5], stale('v1'))],
      ['inversion'],
    ],
    [
      'missing, while it was there',
      [created, op('c', 'update', 'v0', [2, 3], { kind: 'missing' })],
      ['false-conflict'],
    ],
    ['exists, where nothing ever was', [op('c', 'create', undefined, [2, 3], { kind: 'exists' })], ['false-conflict']],
    [
      'exists, after it was deleted',
      [
        created,
        op('d', 'delete', 'v1', [2, 3], { kind: 'deleted' }),
        op('c', 'create', undefined, [4, 5], { kind: 'exists' }),
      ],
      ['false-conflict'],
    ],
    ['a refusal where nothing ever was', [op('c', 'update', 'v1', [2, 3], { kind: 'stale' })], ['false-conflict']],
    [
      'exists, where only an update may have been',
      [op('u', 'update', 'v1', [0, null], unknown), op('c', 'create', undefined, [2, 3], { kind: 'exists' })],
      ['false-conflict'],
    ],
    [
      'two creations with a refused delete between them',
      [created, op('d', 'delete', 'v0', [2, 3], stale('v1')), op('c', 'create', undefined, [5, 6], written('v2'))],
      ['fork', 'inversion'],
    ],
    [
      'two creations with an unknown update between them',
      [created, op('u', 'update', 'v1', [2, null], unknown), op('c', 'create', undefined, [5, 6], written('v2'))],
      ['fork'],
    ],
    [
      'a delete of what had been replaced',
      [created, updated, op('d', 'delete', 'v1', [4, 5], { kind: 'deleted' })],
      ['fork', 'inversion'],
    ],
    [
      'a refusal that tells of a version of nobody, whatever a read or a delete did',
      [
        created,
        op('q', 'read', undefined, [0, null], unknown),
        op('d', 'delete', 'v0', [0, null], unknown),
        op('c', 'update', 'v1', [2, 3], stale('v9')),
      ],
      ['inversion'],
    ],
    [
      'a write refused for no reason, whatever became of another version',
      [created, op('u', 'update', 'v0', [0, null], unknown), op('c', 'update', 'v1', [2, 3], { kind: 'stale' })],
      ['false-conflict'],
    ],
    [
      'versions that lead round in a circle',
      [
        created,
        updated,
        op('c', 'update', 'v2', [4, 5], written('v3')),
        op('d', 'update', 'v3', [6, 7], written('v2')),
      ],
      ['duplicate', 'inversion'],
    ],
  ])('%s', (_, operations, expected) => {
    expect(kinds(operations)).toEqual(expected);
  });

  test('names the key and both sides', () => {
    const [violation] = checkHistory([created, updated, op('c', 'update', 'v1', [2, 4], written('v3'))]);
    expect(violation).toEqual({ kind: 'fork', key: 'k', message: 'b and c both replaced v1' });
  });

  test.each<[message: string, operations: Operation[]]>([
    ['version v1 was given to a and to c', [created, op('c', 'update', 'v1', [2, 3], written('v1'))]],
    ['b wrote v2 and v3', [created, updated, op('r', 'read', undefined, [4, 5], found('v3', 'b'))]],
    [
      'b was stale, yet wrote v2',
      [created, op('b', 'update', 'v1', [2, 3], stale('v2')), op('r', 'read', undefined, [4, 5], found('v2', 'b'))],
    ],
    ['version v2 was written by x, which nobody sent', [op('r', 'read', undefined, [4, 5], found('v2', 'x'))]],
    ['b replaced v1, which nobody wrote, by v2', [updated]],
    ['the update b, which was written, saw v1, which was not current meanwhile', [updated]],
    ['2 creations, and at most 0 deletes between them', [created, op('c', 'create', undefined, [0, 1], written('v2'))]],
    [
      'the update c, which was stale, was told that v1 is current',
      [created, updated, op('c', 'update', 'v1', [2, 3], stale('v1'))],
    ],
    [
      'the update c, which was stale, yet v1 was current all the while',
      [created, op('c', 'update', 'v1', [2, 3], { kind: 'stale' })],
    ],
    [
      'the read r, which was nothing, yet what a created was there all the while',
      [updated, created, op('r', 'read', undefined, [4, 5], { kind: 'nothing' })],
    ],
    [
      'the create c, which was exists, yet nothing was there meanwhile',
      [op('c', 'create', undefined, [2, 3], { kind: 'exists' })],
    ],
  ])('says: %s', (message, operations) => {
    expect(checkHistory(operations).map((violation) => violation.message)).toContain(message);
  });
});

/** A store whose calls take their time, and whose steps can be wrong. */
interface Parts {
  /** Whether it waits between reading and writing. */
  race: boolean;
  /** Whether the versions of a key start again after a delete. */
  reset: boolean;
  /** Whether a refusal reports what was there when the call began. */
  snapshot: boolean;
  /** What becomes of an answer that is lost: one in so many. */
  lost: 'unknown' | 'again' | 'failed' | 'never';
  /** Whether a crash takes back the last writes now and then. */
  forgetful: boolean;
}

const sound: Parts = { race: false, reset: false, snapshot: false, lost: 'never', forgetful: false };

function slowStore(parts: Parts): VersionedStore<string, Named> {
  const rows = new Map<string, Versioned<Named>>();
  let counter = 0;
  let calls = 0;
  async function write<R>(key: string, expectation: Parameters<typeof holds>[0], apply: (current: boolean) => R) {
    const before = rows.get(key) ?? null;
    await null;
    let current = rows.get(key) ?? null;
    if (!holds(expectation, current)) return refused(expectation, parts.snapshot ? before : current);
    if (parts.race) await null;
    const again = ++calls % 50 === 0 && parts.lost !== 'never';
    const kept = rows.get(key);
    const result = apply(current !== null);
    if (parts.forgetful && calls % 50 === 0) kept ? rows.set(key, kept) : rows.delete(key);
    if (again && parts.lost === 'unknown') throw new OutcomeUnknownError();
    if (again && parts.lost === 'failed') throw new Error('the connection was lost');
    if (!again) return result;
    // The answer was lost, and a driver sends the same write once more.
    current = rows.get(key) ?? null;
    return holds(expectation, current) ? apply(current !== null) : refused(expectation, current);
  }
  return {
    async get(key) {
      await null;
      const row = rows.get(key);
      return row ? stored(row) : null;
    },
    async state(key) {
      return stateOf(rows.get(key) ?? null);
    },
    put: (key, value, expectation) =>
      write(key, expectation, (existed) => {
        const version = parts.reset ? `${Number(rows.get(key)?.version ?? 0) + 1}` : `${++counter}`;
        rows.set(key, { version, value });
        return outcome({ kind: existed ? 'updated' : 'created', version, value });
      }),
    delete: (key, expectation) =>
      write(key, expectation, (existed) => {
        rows.delete(key);
        return outcome({ kind: existed ? 'deleted' : 'missing' });
      }),
  };
}

async function record(store: VersionedStore<string, Named>): Promise<Operation[]> {
  const keys = ['a', 'b', 'c'];
  const clients = Array.from({ length: 16 }, (_, client) =>
    recordClient(store, { name: `${client}`, keys, operations: 250 }),
  );
  const operations = (await Promise.all(clients)).flat();
  return [...operations, ...(await readAll(store, { name: 'last', keys }))];
}

test.each([
  { name: 'memory', store: memoryStore<Named>() },
  { name: 'a slow store', store: slowStore(sound) },
  { name: 'one that loses answers and says so', store: slowStore({ ...sound, lost: 'unknown' }) },
])('nothing is wrong with the history of 16 clients: $name', async ({ store }) => {
  const operations = await record(store);
  expect(operations).toHaveLength(16 * 250 + 3);
  expect(checkHistory(operations)).toEqual([]);
  const count = (kind: string) => operations.filter(({ outcome }) => outcome.kind === kind).length;
  // They did collide, and did find and miss.
  for (const kind of ['found', 'nothing', 'written', 'deleted', 'stale', 'exists', 'missing']) {
    expect(count(kind), kind).toBeGreaterThan(0);
  }
});

test('a client tells of an operation before the call and after it', async () => {
  const log: Operation[] = [];
  const options = { name: 'c', keys: ['a'], operations: 100, log: (operation: Operation) => log.push(operation) };
  const operations = await recordClient(memoryStore(), options);
  expect(log.filter(({ outcome }) => outcome.kind === 'unknown')).toHaveLength(100);
  expect([...new Map(log.map((operation) => [operation.id, operation])).values()]).toEqual(operations);
});

test.each<[string, Partial<Parts>, string]>([
  ['checks first and writes later', { race: true }, 'fork'],
  ['starts again after a delete', { reset: true }, 'duplicate'],
  ['classifies by an old snapshot', { snapshot: true }, 'false-conflict'],
  ['calls a lost answer a conflict', { lost: 'again' }, 'phantom'],
  ['calls a lost answer a failure', { lost: 'failed' }, 'phantom'],
  ['forgets what it acknowledged', { forgetful: true }, 'inversion'],
])('the history of a store that %s shows it', async (_, mutation, kind) => {
  expect(kinds(await record(slowStore({ ...sound, ...mutation })))).toContain(kind);
});
