import type { Versioned } from '@etag/core';
import { absent, any, exists, noneOf, OutcomeUnknownError, oneOf } from '@etag/core';
import { describe, expect, test, vi } from 'vitest';
import { type CompareAndSet, compareAndSetStore, openedStore, type WriteFailure } from './compare-and-set.ts';
import type { StepCall } from './step-call.ts';
import { testVersionedStore } from './testing.ts';

/** An engine in memory, in which every step waits before and after it takes place. */
function mapEngine() {
  const stored = new Map<string, Versioned<unknown>>();
  const calls: string[] = [];
  let writes = 0;
  async function step<R>(name: string, run: () => R): Promise<R> {
    calls.push(name);
    await null;
    const result = structuredClone(run());
    await null;
    return result;
  }
  const fits = (key: string, version: string | null) =>
    stored.has(key) && (version === null || stored.get(key)?.version === version);
  const set = (key: string, value: unknown) => {
    stored.set(key, structuredClone({ value, version: `${++writes}`, modified: Date.now() }));
    return stored.get(key) as Versioned<unknown>;
  };
  const engine: CompareAndSet<string, unknown> = {
    get: (key) => step('get', () => stored.get(key) ?? null),
    version: (key) => step('version', () => stored.get(key) ?? null),
    create: (key, value) => step('create', () => (stored.has(key) ? null : set(key, value))),
    replace: (key, value, version) => step('replace', () => (fits(key, version) ? set(key, value) : null)),
    remove: (key, version) => step('remove', () => fits(key, version) && stored.delete(key)),
    failure: () => 'failed',
  };
  return { engine, calls, stored };
}

testVersionedStore(test, async () => ({ store: compareAndSetStore(mapEngine().engine) }));

describe('an expectation that names one state is one step', () => {
  test.each([
    { name: 'absent', expectation: absent, before: [], steps: ['create'] },
    { name: 'exists', expectation: exists, before: ['a'], steps: ['replace'] },
    { name: 'one version', expectation: oneOf('1'), before: ['a'], steps: ['replace'] },
    { name: 'any, where something is stored', expectation: any, before: ['a'], steps: ['replace'] },
    { name: 'two versions', expectation: oneOf('1', '2'), before: ['a'], steps: ['version', 'replace'] },
    { name: 'not this version', expectation: noneOf('7'), before: ['a'], steps: ['version', 'replace'] },
    { name: 'no version', expectation: oneOf(), before: ['a'], steps: ['version'] },
    { name: 'a stale version', expectation: oneOf('0'), before: ['a'], steps: ['replace', 'version'] },
    {
      name: 'one version and a date',
      expectation: { ...oneOf('1'), unmodifiedSince: Date.UTC(2100) },
      before: ['a'],
      steps: ['version', 'replace'],
    },
  ])('$name', async ({ expectation, before, steps }) => {
    const { engine, calls } = mapEngine();
    for (const key of before) await engine.create(key, 'old');
    calls.length = 0;
    await compareAndSetStore(engine).put('a', 'new', expectation);
    expect(calls).toEqual(steps);
  });
});

describe('a step that was refused and saw what is there', () => {
  /** Its steps see in the same moment what they are refused for. */
  function seeing() {
    const { engine, calls, stored } = mapEngine();
    const seen = (key: string) => ({ seen: stored.get(key) ?? null });
    const store = compareAndSetStore<string, unknown>({
      ...engine,
      create: async (key, value) => (await engine.create(key, value)) ?? seen(key),
      replace: async (key, value, version) => (await engine.replace(key, value, version)) ?? seen(key),
      remove: async (key, version) => (await engine.remove(key, version)) || seen(key),
    });
    return { store, calls };
  }

  testVersionedStore(test, async () => ({ store: seeing().store }));

  test.each([
    { name: 'absent', expectation: absent, steps: ['create'], kind: 'exists' },
    { name: 'another version', expectation: oneOf('0'), steps: ['replace'], kind: 'stale' },
    { name: 'another version of nothing', key: 'b', expectation: oneOf('0'), steps: ['replace'], kind: 'missing' },
    { name: 'any, of nothing', key: 'b', expectation: any, steps: ['replace', 'create'], kind: 'created' },
  ])('is not followed by a look: $name', async ({ key = 'a', expectation, steps, kind }) => {
    const { store, calls } = seeing();
    await store.put('a', 'old', absent);
    calls.length = 0;
    expect(await store.put(key, 'new', expectation)).toMatchObject({ kind });
    expect(calls).toEqual(steps);
  });
});

describe('a write that fails', () => {
  const failing = (failure: WriteFailure, times: number) => {
    const { engine, ...rest } = mapEngine();
    let left = times;
    const replace: typeof engine.replace = (...step) =>
      left-- > 0 ? Promise.reject(new Error('of the engine')) : engine.replace(...step);
    return { ...rest, store: compareAndSetStore({ ...engine, replace, failure: () => failure }) };
  };

  test('by a conflict is tried again with the same expectation', async () => {
    const { store } = failing('conflict', 3);
    await store.put('a', 1, absent);
    expect(await store.put('a', 2, oneOf('1'))).toMatchObject({ kind: 'updated', version: '2' });
  });

  test('and whose expectation holds no more meanwhile is stale', async () => {
    const { engine } = mapEngine();
    await engine.create('a', 1);
    const replace: typeof engine.replace = async (key) => {
      await engine.replace(key, 'of another writer', null);
      throw new Error('a conflict');
    };
    const store = compareAndSetStore({ ...engine, replace, failure: () => 'conflict' });
    expect(await store.put('a', 2, oneOf('1'))).toMatchObject({ kind: 'stale', current: { version: '2' } });
  });

  test('by a conflict every time is contended', async () => {
    const { store } = failing('conflict', Number.POSITIVE_INFINITY);
    await store.put('a', 1, absent);
    expect(await store.put('a', 2, oneOf('1'))).toEqual({ kind: 'contended' });
    expect(await store.get('a')).toMatchObject({ value: 1 });
  });

  test('for good passes the error of the engine on', async () => {
    const { store } = failing('failed', 1);
    await expect(store.put('a', 2, any)).rejects.toThrow('of the engine');
  });

  test('and is given options without a signal passes the error of the engine on', async () => {
    const { store } = failing('failed', 1);
    await expect(store.put('a', 2, any, {})).rejects.toThrow('of the engine');
  });

  test('and whose options have no signal is refused like any other', async () => {
    const { store } = failing('failed', 0);
    await store.put('a', 1, absent, {});
    expect(await store.put('a', 2, oneOf('0'), {})).toMatchObject({ kind: 'stale', current: { version: '1' } });
  });

  test('is judged by the error of the engine', async () => {
    const { engine } = mapEngine();
    const error = new Error('of the engine');
    const failure = vi.fn((): WriteFailure => 'failed');
    const store = compareAndSetStore({ ...engine, replace: () => Promise.reject(error), failure });
    await expect(store.put('a', 2, any)).rejects.toBe(error);
    expect(failure).toHaveBeenCalledExactlyOnceWith(error);
  });

  test('with an outcome that the engine says is unknown passes its error on', async () => {
    const { engine } = mapEngine();
    const error = new OutcomeUnknownError({ cause: new Error('of the engine') });
    const store = compareAndSetStore({ ...engine, replace: () => Promise.reject(error), failure: () => 'unknown' });
    await expect(store.put('a', 2, any)).rejects.toBe(error);
  });

  test('with an unknown outcome says so, and is not tried again', async () => {
    const { store, calls } = failing('unknown', 1);
    await expect(store.put('a', 2, any)).rejects.toMatchObject({
      code: 'ETAG_OUTCOME_UNKNOWN',
      cause: { message: 'of the engine' },
    });
    expect(calls).toEqual([]);
  });

  test('before it is sent has no unknown outcome', async () => {
    const { engine } = mapEngine();
    const replace = () => {
      throw new TypeError('no JSON value');
    };
    const store = compareAndSetStore({ ...engine, replace, failure: () => 'unknown' });
    await expect(store.put('a', 2, any)).rejects.toThrow('no JSON value');
    const remove = () => {
      throw new TypeError('no key');
    };
    const noKeys = compareAndSetStore({ ...engine, remove, failure: () => 'unknown' });
    await expect(noKeys.delete('a', any)).rejects.toThrow('no key');
  });
});

describe('a write that the engine refuses although what it expects is there', () => {
  /** An engine in which one step finds no row, whatever is there. */
  const refusing = (step: 'create' | 'replace' | 'remove') => {
    const { engine, calls } = mapEngine();
    const refuse = async () => {
      calls.push(step);
      return step === 'remove' ? false : null;
    };
    return { calls, engine, store: compareAndSetStore({ ...engine, [step]: refuse }) };
  };
  const blocked = { code: 'ETAG_WRITE_BLOCKED', status: 500 };

  test.each([
    ['one version', () => oneOf('1')],
    ['any', () => any],
    ['something', () => exists],
    ['not another version', () => noneOf('7')],
  ])('is an error, and no contention: an update of %s', async (_, expectation) => {
    const { engine, calls, store } = refusing('replace');
    await engine.create('a', 'old');
    await expect(store.put('a', 'new', expectation())).rejects.toMatchObject(blocked);
    expect(calls.filter((step) => step === 'replace').length).toBeLessThan(3);
    expect(await store.get('a')).toMatchObject({ value: 'old', version: '1' });
  });

  test('is sent once where the client named the version that is there', async () => {
    const { engine, calls, store } = refusing('replace');
    await engine.create('a', 'old');
    await expect(store.put('a', 'new', oneOf('1'))).rejects.toMatchObject(blocked);
    expect(calls.filter((step) => step === 'replace')).toHaveLength(1);
  });

  test('is an error: a delete', async () => {
    const { engine, store } = refusing('remove');
    await engine.create('a', 'old');
    await expect(store.delete('a', any)).rejects.toMatchObject(blocked);
    await expect(store.delete('a', oneOf('1'))).rejects.toMatchObject(blocked);
    expect(await store.get('a')).toMatchObject({ value: 'old' });
  });

  test('is an error: a creation, where nobody creates and deletes meanwhile', async () => {
    const { calls, store } = refusing('create');
    await expect(store.put('a', 'new', absent)).rejects.toMatchObject(blocked);
    expect(calls.filter((step) => step === 'create')).toHaveLength(3);
    await expect(store.put('a', 'new', any)).rejects.toMatchObject(blocked);
  });

  test('is an error: a creation that took a look first, after as many tries', async () => {
    const { calls, store } = refusing('create');
    await expect(store.put('a', 'new', noneOf('7'))).rejects.toMatchObject(blocked);
    expect(calls.filter((step) => step === 'create')).toHaveLength(3);
  });

  test('is no error where conflicts kept it from being created before', async () => {
    const { engine } = mapEngine();
    let conflicts = 3;
    let refusals = 1;
    const create: typeof engine.create = async (key, value) => {
      if (conflicts-- > 0) throw new Error('a conflict');
      return refusals-- > 0 ? null : engine.create(key, value);
    };
    const store = compareAndSetStore({ ...engine, create, failure: () => 'conflict' });
    expect(await store.put('a', 1, absent)).toMatchObject({ kind: 'created' });
  });

  test('is no error where somebody creates and deletes in between, once or twice', async () => {
    const { engine } = mapEngine();
    let others = 2;
    const create: typeof engine.create = async (key, value) => (others-- > 0 ? null : engine.create(key, value));
    expect(await compareAndSetStore({ ...engine, create }).put('a', 1, absent)).toMatchObject({ kind: 'created' });
  });

  test('is contended where another writer comes first every time', async () => {
    const { engine } = mapEngine();
    await engine.create('a', 'old');
    const replace: typeof engine.replace = async (key) => {
      await engine.replace(key, 'theirs', null);
      return null;
    };
    const store = compareAndSetStore({ ...engine, replace });
    expect(await store.put('a', 'mine', noneOf('0'))).toEqual({ kind: 'contended' });
    expect(await store.put('a', 'mine', oneOf('1'))).toMatchObject({ kind: 'stale' });
  });
});

describe('a write whose version stays what it was', () => {
  const keeping = () => {
    const { engine, stored } = mapEngine();
    return { ...engine, replace: async () => stored.get('a') ?? null };
  };

  test.each([oneOf('1'), oneOf('1', '2'), noneOf('7')])('is an error that says so: %o', async (expectation) => {
    const store = compareAndSetStore(keeping());
    await store.put('a', 'old', absent);
    await expect(store.put('a', 'new', expectation)).rejects.toThrow('left the version at "1"');
  });

  // Nobody else sees what is between two writes of one transaction.
  test('is none in a transaction of the caller, whose writes may share one', async () => {
    const store = compareAndSetStore({ ...keeping(), isInTransaction: () => true });
    await store.put('a', 'old', absent);
    expect(await store.put('a', 'new', oneOf('1'))).toMatchObject({ kind: 'updated', version: '1' });
  });
});

describe('a conflict', () => {
  const conflicting = (more: object) => {
    const { engine, calls } = mapEngine();
    const replace = () => {
      calls.push('replace');
      return Promise.reject(new Error('a conflict'));
    };
    return { calls, store: compareAndSetStore({ ...engine, replace, failure: () => 'conflict', ...more }) };
  };

  test('is the error of the engine in a transaction of the caller, and nothing more is sent', async () => {
    const { calls, store } = conflicting({ isInTransaction: () => true });
    await expect(store.put('a', 1, any)).rejects.toThrow('a conflict');
    expect(calls).toEqual(['replace']);
  });

  test('is waited for a little from the second try on: the first has mostly met another version', async () => {
    const { engine } = mapEngine();
    let conflicts = 0;
    const replace: typeof engine.replace = async (...step) => {
      if (conflicts-- > 0) throw new Error('a conflict');
      return await engine.replace(...step);
    };
    const store = compareAndSetStore({ ...engine, replace, failure: () => 'conflict' });
    await store.put('a', 1, absent);
    const timers = vi.spyOn(globalThis, 'setTimeout');
    for (const [times, waits] of [
      [1, 0],
      [3, 2],
    ] as const) {
      conflicts = times;
      timers.mockClear();
      expect(await store.put('a', 2, any)).toMatchObject({ kind: 'updated' });
      expect(timers).toHaveBeenCalledTimes(waits);
    }
    timers.mockRestore();
  });

  test('that took as long as a lock may take is not waited for ten times', async () => {
    const now = vi.spyOn(performance, 'now');
    let time = 0;
    now.mockImplementation(() => (time += 50_000));
    const { calls, store } = conflicting({});
    expect(await store.put('a', 1, any)).toEqual({ kind: 'contended' });
    expect(calls).toEqual(['replace']);
    now.mockRestore();
  });
});

describe('a signal that is aborted while a call is in flight', () => {
  const hanging = () => new Promise<never>(() => {});
  const underWay = () => new Promise((resolve) => setImmediate(resolve));

  test('before it was sent, wrote nothing', async () => {
    const { engine, calls } = mapEngine();
    const controller = new AbortController();
    const put = compareAndSetStore(engine).put('a', 1, any, { signal: controller.signal });
    controller.abort(new Error('too slow'));
    await expect(put).rejects.toThrow('too slow');
    expect(calls).toEqual([]);
  });

  test('leaves the outcome of a write unknown', async () => {
    const store = compareAndSetStore({ ...mapEngine().engine, replace: hanging, failure: () => 'unknown' });
    const controller = new AbortController();
    const put = store.put('a', 1, any, { signal: controller.signal });
    await underWay();
    controller.abort(new Error('too slow'));
    await expect(put).rejects.toMatchObject({ code: 'ETAG_OUTCOME_UNKNOWN', cause: { message: 'too slow' } });
  });

  test('is its own reason where the engine still waits for something, and has sent nothing', async () => {
    const { engine, calls } = mapEngine();
    const waits: (typeof engine)['create'] = (_, __, call) => {
      if (call) call.isWaiting = true;
      return hanging();
    };
    const insert = (_: unknown, call?: StepCall) => waits('', 1, call);
    const remove = (_: string, version: string | null, call?: StepCall) => waits('', version, call) as Promise<never>;
    const replace: (typeof engine)['replace'] = (_, value, __, call) => waits('', value, call);
    const failure = () => 'unknown' as const;
    const store = compareAndSetStore({ ...engine, create: waits, replace, remove, insert: insert as never, failure });
    const controller = new AbortController();
    const { signal } = controller;
    const writes = [
      store.put('a', 1, absent, { signal }),
      store.put('a', 1, any, { signal }),
      store.delete('a', any, { signal }),
      store.insert?.(1, { signal }),
    ];
    await underWay();
    controller.abort(new Error('too slow'));
    for (const write of writes) await expect(write).rejects.toThrow('too slow');
    expect(calls).toEqual([]);
  });

  test('does so whatever its reason is', async () => {
    const reason = Object.assign(new Error('of the driver'), { code: 'deadlock' });
    const failure = (error: unknown): WriteFailure => (error === reason ? 'conflict' : 'unknown');
    const store = compareAndSetStore({ ...mapEngine().engine, remove: hanging, failure });
    const controller = new AbortController();
    const remove = store.delete('a', any, { signal: controller.signal });
    await underWay();
    controller.abort(reason);
    await expect(remove).rejects.toMatchObject({ code: 'ETAG_OUTCOME_UNKNOWN', cause: reason });
  });

  test('does not hide what the engine said just before', async () => {
    const error = new Error('of the engine');
    const failure = (given: unknown): WriteFailure => (given === error ? 'failed' : 'unknown');
    // The reason comes a few turns before or after the error; whichever a caller sees, it is judged as what it is.
    for (let turns = 0; turns < 12; turns++) {
      const controller = new AbortController();
      const abort = async () => {
        for (let turn = 0; turn < turns; turn++) await null;
        controller.abort(new Error('too slow'));
      };
      let aborted: Promise<void> | undefined;
      const replace = async () => {
        aborted = abort();
        throw error;
      };
      const store = compareAndSetStore({ ...mapEngine().engine, replace, failure });
      const thrown = await store.put('a', 1, any, { signal: controller.signal }).catch((thrown: Error) => thrown);
      await aborted;
      if (thrown !== error) expect(thrown).toMatchObject({ cause: new Error('too slow') });
    }
  });

  test('rejects a read with its reason', async () => {
    const store = compareAndSetStore({ ...mapEngine().engine, get: hanging, version: hanging });
    const controller = new AbortController();
    const reads = [store.get, store.state].map((read) => read('a', { signal: controller.signal }));
    controller.abort(new Error('too slow'));
    for (const read of reads) await expect(read).rejects.toThrow('too slow');
  });
});

describe('what an engine may have', () => {
  test('is not there where it has it not', () => {
    const store = compareAndSetStore(mapEngine().engine);
    expect('insert' in store).toBe(false);
    expect('areAlike' in store).toBe(false);
  });

  test('is a key of its own for what is inserted', async () => {
    const { engine } = mapEngine();
    const insert = async (value: unknown) => ({ key: 'made', value, version: '7' });
    const store = compareAndSetStore({ ...engine, insert });
    expect(await store.insert?.('a')).toEqual({ kind: 'created', key: 'made', value: 'a', version: '7' });
    expect('areAlike' in store).toBe(false);
  });

  test.each<[title: string, insert: () => Promise<never>]>([
    ['refuses it', async () => null as never],
    ['meets a conflict, which another key would meet as well', () => Promise.reject(new Error('a conflict'))],
  ])('an insertion is an error, and not tried again, where the engine %s', async (_, refuse) => {
    const { engine } = mapEngine();
    const insert = vi.fn(refuse);
    const store = compareAndSetStore({ ...engine, insert, failure: () => 'conflict' });
    await expect(store.insert?.('a')).rejects.toMatchObject({ code: 'ETAG_WRITE_BLOCKED' });
    expect(insert).toHaveBeenCalledTimes(1);
  });

  test('is a comparison of its own for values', async () => {
    const { engine } = mapEngine();
    const areAlike = (value: unknown, other: unknown) => `${value}`.trim() === `${other}`.trim();
    const store = compareAndSetStore({ ...engine, areAlike });
    expect(await store.areAlike?.('a', 'a ')).toBe(true);
    expect(await store.areAlike?.('a', 'b')).toBe(false);
    expect('insert' in store).toBe(false);
  });
});

describe('a store that each call opens', () => {
  const { engine } = mapEngine();
  const store = openedStore(async () => engine, null);

  test('compares values as JSON where its engine does not', async () => {
    expect(await store.areAlike({ a: 1, b: 2 }, { b: 2, a: 1 })).toBe(true);
    expect(await store.areAlike({ a: 1 }, { a: 2 })).toBe(false);
  });

  test('says that its engine makes no keys', async () => {
    await expect(store.insert('a')).rejects.toThrow(
      new TypeError('This engine makes no keys: put the value under a key of yours'),
    );
  });
});
