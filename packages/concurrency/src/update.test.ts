import { absent, any, type Expectation, exists, noneOf, oneOf } from '@etag/core';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { memoryStore } from './memory/index.ts';
import type { VersionedStore } from './store.ts';
import { update } from './update.ts';

let store: VersionedStore<string, string[]>;
let version: string;
beforeEach(async () => {
  store = memoryStore();
  await store.put('1', ['start'], any);
  version = (await store.get('1'))?.version ?? '';
});

const add = (line: string) => (lines: string[]) => [...lines, line];
const lines = async () => (await store.get('1'))?.value;

/** A change during which somebody else writes, the first so many times. */
function interrupted(line: string, times: number) {
  let interruptions = 0;
  return async (lines: string[]) => {
    if (interruptions++ < times) await store.put('1', [...lines, `theirs ${interruptions}`], any);
    return [...lines, line];
  };
}

test.each<[title: string, expectation: () => Expectation]>([
  ['anything', () => any],
  ['something', () => exists],
  ['the version', () => oneOf(version)],
  ['another version excluded', () => noneOf('0')],
])('changes what is stored when it expects %s', async (_, expectation) => {
  const outcome = await update(store, '1', add('mine'), expectation());
  expect(outcome).toMatchObject({ kind: 'updated', value: ['start', 'mine'] });
  expect(await lines()).toEqual(['start', 'mine']);
});

test('the change may modify what it was given', async () => {
  const change = (lines: string[]) => {
    lines.push('mine');
    return lines;
  };
  expect(await update(store, '1', change, any)).toMatchObject({ value: ['start', 'mine'] });
});

test.each<[title: string, expectation: Expectation, kind: string]>([
  ['another version', oneOf('0'), 'stale'],
  ['nothing', absent, 'exists'],
  ['an earlier time', { unmodifiedSince: 0 }, 'stale'],
])('does not call the change when it expects %s', async (_, expectation, kind) => {
  const change = vi.fn(add('mine'));
  expect(await update(store, '1', change, expectation)).toMatchObject({
    kind,
    current: { version, modified: expect.any(Number) },
  });
  expect(change).not.toHaveBeenCalled();
});

test.each<Expectation>([any, exists, absent, oneOf('1'), noneOf('1')])(
  '%j: nothing stored is missing',
  async (expectation) => {
    expect(await update(store, 'other', add('mine'), expectation)).toMatchObject({ kind: 'missing' });
  },
);

describe('when another writer comes first', () => {
  test.each<[title: string, expectation: Expectation]>([
    ['anything', any],
    ['something', exists],
  ])('and the client expects %s, the change is made again, of the new value', async (_, expectation) => {
    const outcome = await update(store, '1', interrupted('mine', 2), expectation);
    expect(outcome).toMatchObject({ kind: 'updated' });
    expect(await lines()).toEqual(['start', 'theirs 1', 'theirs 2', 'mine']);
  });

  test.each<[title: string, expectation: () => Expectation]>([
    ['a version', () => oneOf(version)],
    ['a version excluded', () => noneOf('0')],
    ['a time', () => ({ unmodifiedSince: Date.now() + 60_000 })],
  ])('and the client named %s, the outcome is stale', async (_, expectation) => {
    const outcome = await update(store, '1', interrupted('mine', 1), expectation());
    const current = await store.get('1');
    expect(outcome).toMatchObject({ kind: 'stale', current: { version: current?.version } });
    expect(current?.value).toEqual(['start', 'theirs 1']);
  });

  test('every time, the outcome is contended', async () => {
    const change = vi.fn(interrupted('mine', Number.POSITIVE_INFINITY));
    expect(await update(store, '1', change, any)).toEqual({ kind: 'contended' });
    expect(change).toHaveBeenCalledTimes(10);
    expect(await lines()).not.toContain('mine');
  });

  test('as often as there are attempts, the outcome is contended', async () => {
    const change = vi.fn(interrupted('mine', 3));
    expect(await update(store, '1', change, any, { attempts: 3 })).toEqual({ kind: 'contended' });
    expect(await update(store, '1', interrupted('mine', 2), any, { attempts: 3 })).toMatchObject({
      kind: 'updated',
    });
  });

  test('and deletes, the outcome is missing', async () => {
    const change = async (lines: string[]) => {
      await store.delete('1', any);
      return lines;
    };
    expect(await update(store, '1', change, any)).toEqual({ kind: 'missing', failed: null });
  });

  test('and the client named a version, what the refusal says is answered, and not looked up again', async () => {
    const get = vi.spyOn(store, 'get');
    expect(await update(store, '1', interrupted('mine', 1), oneOf(version))).toMatchObject({ kind: 'stale' });
    expect(get).toHaveBeenCalledTimes(1);
  });

  test('the next try waits a little, and the first one does not', async () => {
    const timers = vi.spyOn(globalThis, 'setTimeout');
    await update(store, '1', add('mine'), any);
    expect(timers).not.toHaveBeenCalled();
    await update(store, '1', interrupted('mine', 2), any);
    expect(timers).toHaveBeenCalledTimes(2);
    timers.mockRestore();
  });

  test('and deletes and creates again, the change is made of what was created', async () => {
    let tries = 0;
    const change = async (lines: string[]) => {
      if (tries++ === 0) {
        await store.delete('1', any);
        await store.put('1', ['new'], any);
      }
      return [...lines, 'mine'];
    };
    expect(await update(store, '1', change, any)).toMatchObject({ value: ['new', 'mine'] });
  });
});

describe('with merge', () => {
  const merge = (lines: string[]) => [...lines, 'merged'];

  test('what the client expected is changed, not merged', async () => {
    const outcome = await update(store, '1', add('mine'), oneOf(version), { merge });
    expect(outcome).toMatchObject({ value: ['start', 'mine'] });
  });

  test('another version than the expected one is merged', async () => {
    const outcome = await update(store, '1', add('mine'), oneOf('0'), { merge });
    expect(outcome).toMatchObject({ kind: 'updated', value: ['start', 'merged'] });
  });

  test('what another writer made of the expected version is merged', async () => {
    for (const expectation of [oneOf(version), noneOf('0'), { unmodifiedSince: Date.now() + 60_000 }]) {
      await store.put('1', ['start'], any);
      const expected = 'oneOf' in expectation ? oneOf((await store.get('1'))?.version ?? '') : expectation;
      const outcome = await update(store, '1', interrupted('mine', 1), expected, { merge });
      expect(outcome).toMatchObject({ kind: 'updated', value: ['start', 'theirs 1', 'merged'] });
    }
  });

  test('a merge that is interrupted every time is contended', async () => {
    const merge = vi.fn(interrupted('merged', Number.POSITIVE_INFINITY));
    const outcome = await update(store, '1', add('mine'), oneOf('0'), { merge, attempts: 4 });
    expect(outcome).toEqual({ kind: 'contended' });
    expect(merge).toHaveBeenCalledTimes(4);
  });

  test('nothing stored, or nothing expected, is not merged', async () => {
    expect(await update(store, 'other', add('mine'), oneOf('0'), { merge })).toMatchObject({ kind: 'missing' });
    expect(await update(store, '1', add('mine'), absent, { merge })).toMatchObject({ kind: 'exists' });
  });
});

test.each([0, -1, Number.NaN])('%d attempts are a mistake, and not contention', async (attempts) => {
  await expect(update(store, '1', (it) => it, any, { attempts })).rejects.toThrow(
    new TypeError(`attempts is a number from 1 on, not ${attempts}`),
  );
});

test('one attempt is one write', async () => {
  expect(await update(store, '1', add('mine'), any, { attempts: 1 })).toMatchObject({ kind: 'updated' });
  expect(await update(store, '1', interrupted('mine', 1), any, { attempts: 1 })).toEqual({ kind: 'contended' });
});

test('a slip for an expectation is a TypeError, whatever is stored', async () => {
  await expect(update(store, 'other', add('mine'), '"v7"' as never)).rejects.toThrow(TypeError);
});

test('32 writers who name no version all get through, and nothing is lost', async () => {
  const writers = Array.from({ length: 32 }, (_, writer) => `${writer}`);
  const slowly = (line: string) => async (lines: string[]) => {
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 2));
    return [...lines, line];
  };
  const outcomes = await Promise.all(
    writers.map((writer) => update(store, '1', slowly(writer), any, { attempts: 1000 })),
  );
  expect(new Set(outcomes.map(({ kind }) => kind))).toEqual(new Set(['updated']));
  expect((await lines())?.sort()).toEqual(['start', ...writers].sort());
});

test('an aborted signal stops it between tries, and a change that throws stops it at once', async () => {
  const controller = new AbortController();
  const change = async (lines: string[]) => {
    controller.abort(new Error('went away'));
    return lines;
  };
  await expect(update(store, '1', change, any, { signal: controller.signal })).rejects.toThrow('went away');
  const failing = () => Promise.reject(new Error('no'));
  await expect(update(store, '1', failing, any)).rejects.toThrow('no');
  expect(await lines()).toEqual(['start']);
});
