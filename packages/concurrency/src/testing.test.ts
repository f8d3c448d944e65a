import {
  type CurrentVersion,
  type Expectation,
  holds,
  outcome,
  refused,
  stateOf,
  stored,
  type Versioned,
} from '@etag/core';
import { describe, expect, test } from 'vitest';
import { checkKey } from './key.ts';
import type { CallOptions, VersionedStore } from './store.ts';
import { testVersionedStore } from './testing.ts';

/** The parts of a store that can be wrong. */
interface Parts {
  /** The expectation that the store evaluates for the one it was given. */
  read(expectation: Expectation, verb: 'put' | 'delete'): Expectation;
  refuse: typeof refused;
  /** Names the new state: of the value, in the given incarnation of the key, after so many writes. */
  version(value: unknown, incarnation: number, counter: number): string;
  /** What comes between reading and writing. */
  between(): Promise<void> | void;
  key(key: string): string;
  copy<V>(value: V): V;
  modified(before: number): number;
  abort(options: CallOptions | undefined): void;
  /** What a state says of the current version. */
  state(current: CurrentVersion | null): ReturnType<typeof stateOf> | null;
  /** What becomes of the row when a write is refused. */
  afterRefusal(rows: Map<string, Versioned<unknown>>, key: string): void;
  /** What the delete of nothing comes to. */
  deleteNothing: 'missing' | 'deleted';
}

const sound: Parts = {
  read: (expectation) => expectation,
  refuse: refused,
  version: (_, incarnation, counter) => `${incarnation}.${counter}`,
  between: () => undefined,
  key(key) {
    checkKey(key, null);
    return key;
  },
  copy: (value) => structuredClone(value),
  modified: (before) => Math.max(before, Date.now()),
  abort: (options) => options?.signal?.throwIfAborted(),
  state: (current) => stateOf(current),
  afterRefusal: () => {},
  deleteNothing: 'missing',
};

/** A store made of the given parts. */
function storeOf(parts: Parts): VersionedStore<string, unknown> {
  const rows = new Map<string, Versioned<unknown> & { incarnation: number; counter: number }>();
  let incarnations = 0;
  const read = (key: string) => rows.get(parts.key(key)) ?? null;
  return {
    async get(key, options) {
      parts.abort(options);
      const row = read(key);
      return row && stored({ version: row.version, modified: row.modified, value: parts.copy(row.value) });
    },
    async state(key, options) {
      parts.abort(options);
      return parts.state(read(key));
    },
    async put(key, value, expectation, options) {
      parts.abort(options);
      const current = read(key);
      const between = parts.between();
      if (between) await between;
      if (!holds(parts.read(expectation, 'put'), current)) {
        parts.afterRefusal(rows, parts.key(key));
        return parts.refuse(expectation, current);
      }
      const incarnation = current?.incarnation ?? ++incarnations;
      const counter = (current?.counter ?? 0) + 1;
      const version = parts.version(value, incarnation, counter);
      const modified = parts.modified(current?.modified ?? 0);
      rows.set(parts.key(key), { version, modified, value: parts.copy(value), incarnation, counter });
      return outcome({ kind: current ? 'updated' : 'created', version, modified, value: parts.copy(value) });
    },
    async delete(key, expectation, options) {
      parts.abort(options);
      const current = read(key);
      const between = parts.between();
      if (between) await between;
      if (!holds(parts.read(expectation, 'delete'), current)) return parts.refuse(expectation, current);
      if (!current) return outcome({ kind: parts.deleteNothing });
      rows.delete(parts.key(key));
      return outcome({ kind: 'deleted' });
    },
  };
}

/** The laws that a store breaks. */
async function brokenLaws(parts: Partial<Parts>): Promise<string[]> {
  const laws: [name: string, run: () => Promise<void>][] = [];
  testVersionedStore(
    (name, run) => void laws.push([name, run]),
    async () => ({ store: storeOf({ ...sound, ...parts }) }),
  );
  const broken: string[] = [];
  for (const [name, run] of laws) await run().catch(() => broken.push(name));
  return broken;
}

test('a sound store breaks no law', async () => {
  expect(await brokenLaws({})).toEqual([]);
});

/** A store that looks only at the members that it knows. */
function withoutSlips(expectation: Expectation): Expectation {
  try {
    holds(expectation, null);
    return expectation;
  } catch {
    return {};
  }
}

const without = (member: keyof Expectation) => (expectation: Expectation) => {
  const { [member]: _, ...rest } = expectation;
  return rest;
};

let time = 1;

/** The version of nothing. */
const NEVER = { version: 'never' };

const KEPT = 'a value comes back as it was put:';

/** A copy in which a function has made something else of each part. */
function changed<V>(value: V, change: (part: unknown) => unknown): V {
  return JSON.parse(JSON.stringify(value, (_, part) => change(part)) ?? 'null');
}

/** A copy made member by member, in which one that is called __proto__ sets the prototype. */
function assigned<V>(value: V): V {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return structuredClone(value);
  const copy: Record<string, unknown> = {};
  for (const [name, member] of Object.entries(value)) copy[name] = member;
  return copy as V;
}

describe('a store breaks the law when', () => {
  test.each<[mutation: string, law: string, parts: Partial<Parts>]>([
    ['it drops the version check', 'of 32 updates of one version', { read: without('oneOf') }],
    ['it drops the check for existence', 'put expecting exists', { read: without('exists') }],
    ['it drops the check for absence', 'of 32 creations', { read: without('absent') }],
    ['it drops the check for versions excluded', 'put expecting noneOf(seen)', { read: without('noneOf') }],
    ['it drops the check of the date', 'a date in the future holds', { read: without('unmodifiedSince') }],
    [
      'it drops the check on deletes only',
      'delete expecting oneOf(seen), when another version is current',
      { read: (expectation, verb) => (verb === 'delete' ? {} : expectation) },
    ],
    ['it takes a slip for no expectation', 'what is not an expectation', { read: withoutSlips }],
    [
      'it takes a slip for no expectation on deletes only',
      'what is not an expectation',
      { read: (expectation, verb) => (verb === 'delete' ? withoutSlips(expectation) : expectation) },
    ],
    ['it takes a number for a key', 'a key that is not text', { key: (key) => key }],
    [
      'it takes an empty list for no list',
      'put expecting oneOf(), when the version seen is current',
      { read: (expectation) => (expectation.oneOf?.length ? expectation : without('oneOf')(expectation)) },
    ],
    [
      'it looks at the first version alone',
      'put expecting oneOf(never, seen), when the version seen is current',
      { read: ({ oneOf, ...rest }) => ({ ...rest, ...(oneOf && { oneOf: oneOf.slice(0, 1) }) }) },
    ],
    [
      'it compares dates in ms',
      'a date is compared in whole seconds',
      {
        modified: () => (time = Math.floor(Date.now() / 1000) * 1000 + 1),
        read: ({ unmodifiedSince: since, ...rest }) =>
          since === time - 1 ? { oneOf: [] } : { ...rest, ...(since !== undefined && { unmodifiedSince: since }) },
      },
    ],
    ['its versions start again after a delete', 'no version repeats', { version: (_, __, counter) => `${counter}` }],
    ['its versions are of the content', 'the same value written again', { version: (value) => JSON.stringify(value) }],
    ['its versions are times', 'no version repeats', { version: () => `${Date.now()}` }],
    [
      'its versions are those of the incarnation',
      'no version repeats',
      { version: (_, incarnation) => `${incarnation}` },
    ],
    [
      'it awaits between reading and writing',
      'no acknowledged increment is lost',
      { between: () => new Promise((resolve) => setImmediate(resolve)) },
    ],
    ['it awaits for a microtask only', 'of 32 updates of one version', { between: () => Promise.resolve() }],
    [
      'it calls what is missing stale',
      'put expecting exists, when nothing',
      {
        refuse: (expectation, current) => refused(expectation, current ?? { version: 'none' }),
      },
    ],
    [
      'it calls what is stale missing',
      'put expecting oneOf(seen), when another',
      { refuse: () => outcome({ kind: 'missing' }) },
    ],
    ['it calls what exists stale', 'put expecting absent', { refuse: (_, current) => refused({}, current) }],
    [
      'it gives back the version it was sent as the current one',
      'of 32 updates of one version',
      {
        refuse: (expectation, current) =>
          refused(expectation, current && { ...current, version: expectation.oneOf?.[0] ?? current.version }),
      },
    ],
    [
      'it claims to have deleted nothing',
      'of 32 deletes',
      { deleteNothing: 'deleted', read: (e, verb) => (verb === 'delete' ? {} : e) },
    ],
    [
      'it deletes what it refused to write',
      'put expecting noneOf(seen)',
      { afterRefusal: (rows, key) => rows.delete(key) },
    ],
    ['it hands out the stored value', 'what is done to a value', { copy: (value) => value }],
    ['it folds the case of keys', 'keys are compared', { key: (key) => key.toLowerCase() }],
    ['it normalizes keys', 'keys are compared', { key: (key) => key.normalize() }],
    ['it trims keys', 'keys are compared', { key: (key) => key.trim() }],
    ['it cuts keys', 'keys are compared', { key: (key) => key.slice(0, 900) }],
    [
      'it loses lone surrogates',
      'a value comes back as it was put: lone surrogates',
      {
        copy: (value) =>
          JSON.parse(
            new TextDecoder().decode(new TextEncoder().encode(JSON.stringify(value).replace(/\\ud[0-9a-f]{3}/g, '?'))),
          ),
      },
    ],
    ['its clock runs backwards', 'the modification time', { modified: () => Date.now() - time++ * 10 }],
    ['its clock counts seconds', 'the modification time', { modified: () => Math.floor(Date.now() / 1000) }],
    ['it does not look at the signal', 'a call with an aborted signal', { abort: () => {} }],
    [
      'it rejects with an error of its own',
      'a call with an aborted signal',
      {
        abort: (options) => {
          if (options?.signal?.aborted) throw new Error('aborted');
        },
      },
    ],
    [
      'its state is of another version',
      'the state is the tag',
      { state: (current) => stateOf(current && { ...current, version: '1' }) },
    ],
    [
      'its state has a weak tag',
      'the state is the tag',
      {
        state: (current) => current && { ...stateOf(current), etag: `W/"v${current.version}"` },
      },
    ],
    ['it refuses every write', 'put expecting any, when nothing', { read: () => ({ oneOf: [] }) }],
    ['it refuses every delete', 'delete expecting exists, when the version seen', { read: () => ({ oneOf: [] }) }],
    ['it cannot create', 'put expecting noneOf(), when it was deleted', { read: () => ({ exists: true }) }],
    ['it has a state of nothing', 'a key that was never written', { state: (current) => stateOf(current ?? NEVER) }],
    ['it has a state of nothing', 'what was deleted is gone', { state: (current) => stateOf(current ?? NEVER) }],
    ['it keeps one value for all keys', 'a write to one key leaves the others', { key: () => 'one' }],
    [
      'it reads something else than it said that it wrote',
      'what a write returns is what is read',
      { copy: (value) => changed(value, (part) => (typeof part === 'string' ? `${part}${time++}` : part)) },
    ],
    [
      'it takes no signal',
      'a signal that is not aborted',
      {
        abort: (options) => {
          if (options?.signal) throw new Error('no signals');
        },
      },
    ],
    ['it keeps no empty text', `${KEPT} false, zero`, { copy: (value) => changed(value, (part) => part || null) }],
    ['it leaves out null', `${KEPT} null inside`, { copy: (value) => changed(value, (part) => part ?? undefined) }],
    [
      'it keeps an empty list as an object',
      `${KEPT} empty containers`,
      { copy: (value) => changed(value, (part) => (Array.isArray(part) && !part.length ? {} : part)) },
    ],
    [
      'it keeps a list in a list as text',
      `${KEPT} nested`,
      { copy: (value) => changed(value, (part) => (Array.isArray(part) && part.length === 1 ? `${part}` : part)) },
    ],
    [
      'it rounds numbers',
      `${KEPT} numbers`,
      { copy: (value) => changed(value, (part) => (typeof part === 'number' ? Math.fround(part) : part)) },
    ],
    [
      'it cuts text at NUL',
      `${KEPT} unicode`,
      { copy: (value) => changed(value, (part) => (typeof part === 'string' ? part.split('\0')[0] : part)) },
    ],
    ['it assigns members', `${KEPT} a member named __proto__`, { copy: assigned }],
    [
      'it cuts what is long',
      `${KEPT} a megabyte`,
      { copy: (value) => changed(value, (part) => (typeof part === 'string' ? part.slice(0, 65_535) : part)) },
    ],
  ])('%s: "%s"', async (_, law, parts) => {
    const broken = await brokenLaws(parts);
    expect(broken.filter((name) => name.startsWith(law))).not.toEqual([]);
  });
});
