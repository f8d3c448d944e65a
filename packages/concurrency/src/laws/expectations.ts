import assert from 'node:assert/strict';
import type { PutOutcome } from '@etag/core';
import { absent, any, type Expectation, exists, noneOf, oneOf } from '@etag/core';
import { erase, kindAndVersion, type Laws, type Store, write } from './law.ts';

/** What happened to a key since its version was seen; returns that version. */
const histories = {
  'nothing was ever stored': async () => '1',
  'the version seen is current': async (store: Store, key: string) => (await write(store, key, 'seen')).version,
  'another version is current': async (store: Store, key: string) => {
    const { version } = await write(store, key, 'seen');
    await write(store, key, 'other');
    return version;
  },
  'it was deleted': async (store: Store, key: string) => {
    const { version } = await write(store, key, 'seen');
    await erase(store, key);
    return version;
  },
  'it was deleted and created again': async (store: Store, key: string) => {
    const { version } = await write(store, key, 'seen');
    await erase(store, key);
    await write(store, key, 'seen');
    return version;
  },
};

type Kind = PutOutcome<unknown>['kind'];

/** What a put comes to under each of the histories, in their order. */
const decisions: [name: string, expect: (seen: string) => Expectation, kinds: [Kind, Kind, Kind, Kind, Kind]][] = [
  ['any', () => any, ['created', 'updated', 'updated', 'created', 'updated']],
  ['exists', () => exists, ['missing', 'updated', 'updated', 'missing', 'updated']],
  ['absent', () => absent, ['created', 'exists', 'exists', 'created', 'exists']],
  ['oneOf(seen)', (seen) => oneOf(seen), ['missing', 'updated', 'stale', 'missing', 'stale']],
  ['oneOf(never, seen)', (seen) => oneOf('never', seen), ['missing', 'updated', 'stale', 'missing', 'stale']],
  ['oneOf()', () => oneOf(), ['missing', 'stale', 'stale', 'missing', 'stale']],
  ['noneOf(seen)', (seen) => noneOf(seen), ['created', 'stale', 'updated', 'created', 'updated']],
  ['noneOf()', () => noneOf(), ['created', 'updated', 'updated', 'created', 'updated']],
  [
    'exists and noneOf(seen)',
    (seen) => ({ ...exists, ...noneOf(seen) }),
    ['missing', 'stale', 'updated', 'missing', 'updated'],
  ],
  [
    'absent and oneOf(seen)',
    (seen) => ({ ...absent, ...oneOf(seen) }),
    // RFC 9110 §13.2.2: If-Match comes before If-None-Match
    ['missing', 'exists', 'stale', 'missing', 'stale'],
  ],
];

/** What a tag of a client may name. */
const STRANGE_VERSIONS = [
  '',
  'xyzzy',
  '-1',
  '0',
  '1',
  '1.1',
  '1e3',
  'null',
  '%',
  'é',
  "1' OR '1'='1",
  '9'.repeat(40),
  'v'.repeat(4000),
];

/** What JavaScript may take for an expectation by a slip. Each looks like no condition at all, or like one that holds. */
const SLIPS: unknown[] = [
  ...[undefined, null, true, 0, '', '"v1"', '*', ['1'], () => any, new Date(0), Promise.resolve(any)],
  ...[{ oneof: ['1'] }, { ifMatch: '"v1"' }, { version: '1' }, { 'if-none-match': '*' }, { oneOf: ['1'], exact: true }],
  ...[{ oneOf: '1' }, { oneOf: null }, { oneOf: undefined }, { noneOf: [1] }, { exists: 'true' }, { absent: false }],
  ...[
    { unmodifiedSince: Number.NaN },
    { unmodifiedSince: '0' },
    { unmodifiedSince: null },
    { unmodifiedSince: new Date() },
  ],
];

/** Fails the test unless a store refuses every slip with a TypeError. */
async function refuseSlips(store: Omit<Store, 'transact'>, key: string): Promise<void> {
  for (const slip of SLIPS as Expectation[]) {
    for (const each of [key, `${key}.`]) {
      await assert.rejects(store.put(each, 'lost', slip), TypeError, `put expecting ${String(slip)}`);
      await assert.rejects(store.delete(each, slip), TypeError, `delete expecting ${String(slip)}`);
    }
  }
}

/** Whether an expectation holds, and what a refusal says. */
export const expectations: Laws = {
  'what is not an expectation is a TypeError, and nothing is written': async (store, key) => {
    await write(store, key, 'kept');
    const before = await store.get(key);
    await refuseSlips(store, key);
    await store.transact?.((inside) => refuseSlips(inside, key));
    assert.deepEqual(await store.get(key), before);
    assert.equal(await store.get(`${key}.`), null);
  },

  'a date in the future holds, a date before the write does not': async (store, key) => {
    const { modified } = await write(store, key, 1);
    // RFC 9110 §13.1.4: MUST ignore the date if there is no modification date to compare with
    const dated = modified !== undefined;
    assert.equal((await store.put(key, 2, { unmodifiedSince: 0 })).kind, dated ? 'stale' : 'updated');
    assert.equal((await store.put(key, 3, { unmodifiedSince: Date.now() + 60_000 })).kind, 'updated');
    assert.equal((await store.put(`${key}.`, 4, { unmodifiedSince: 0 })).kind, 'created');
    assert.equal((await store.delete(key, { unmodifiedSince: 0 })).kind, dated ? 'stale' : 'deleted');
  },

  'a date is compared in whole seconds': async (store, key) => {
    const { modified } = await write(store, key, 1);
    const second = Math.floor((modified ?? 0) / 1000) * 1000;
    assert.equal((await store.put(key, 2, { unmodifiedSince: second })).kind, 'updated');
  },

  'a version that no store gave matches nothing and breaks nothing': async (store, key) => {
    const { version } = await write(store, key, 1);
    const strange = STRANGE_VERSIONS.filter((name) => name !== version);
    for (const name of strange) {
      assert.deepEqual(kindAndVersion(await store.put(key, 2, oneOf(name))), ['stale', version]);
      assert.deepEqual(kindAndVersion(await store.delete(key, oneOf(name))), ['stale', version]);
    }
    assert.equal((await store.put(key, 3, noneOf(...strange))).kind, 'updated');
  },
};

const verbs = {
  put: (store: Store, key: string, expectation: Expectation) => store.put(key, 'next', expectation),
  delete: (store: Store, key: string, expectation: Expectation) => store.delete(key, expectation),
};

/** What a delete comes to where a put comes to the given kind. */
function deleteKind(kind: Kind): string {
  return kind === 'created' ? 'missing' : kind === 'updated' ? 'deleted' : kind;
}

/** Whether an expectation holds for a key that was deleted and created again. */
export const expectationsAfterRecreation: Laws = {};

for (const [name, expect, kinds] of decisions) {
  for (const [index, [history, happen]] of Object.entries(histories).entries()) {
    const laws = history.endsWith('created again') ? expectationsAfterRecreation : expectations;
    for (const [verb, act] of Object.entries(verbs)) {
      const kind = verb === 'put' ? (kinds[index] as Kind) : deleteKind(kinds[index] as Kind);
      laws[`${verb} expecting ${name}, when ${history}: ${kind}`] = async (store, key) => {
        const seen = await happen(store, key);
        const before = await store.get(key);
        const outcome = await act(store, key, expect(seen));
        assert.equal(outcome.kind, kind);
        const after = await store.get(key);
        if (kind === 'deleted') assert.equal(after, null);
        else if (kind === 'created' || kind === 'updated') assert.equal(after?.value, 'next');
        else assert.deepEqual(after, before);
        if ('current' in outcome) {
          assert.equal(outcome.current.version, before?.version);
          assert.equal(outcome.current.modified, before?.modified);
        }
      };
    }
  }
}
