import { afterEach, describe, expect, it, vi } from 'vitest';
import { findState } from './fail-open.ts';
import {
  contentTag,
  type DecisionEvent,
  type EntityTag,
  findReadState,
  PreconditionRequiredError,
  type ReadOptions,
  type ResourceState,
  tagContent,
} from './index.ts';

const REQUEST = { method: 'GET', headers: {} };
const STATE: ResourceState = { etag: '"v7"' };
const never = () => new Promise<never>(() => {});

/** A promise of another library. */
const thenable = <T>(value: T): PromiseLike<T> => ({
  // biome-ignore lint/suspicious/noThenProperty: that is what makes it one
  then: (...handlers) => Promise.resolve(value).then(...handlers),
});

/** Who is told, and what. */
function witness() {
  const heard: DecisionEvent[] = [];
  return { heard, circumstances: { onDecision: (event: DecisionEvent) => void heard.push(event), handlerRan: false } };
}

afterEach(() => {
  vi.useRealTimers();
});

describe('findState, of a write: it fails closed', () => {
  it.each<[what: string, found: unknown, state: ResourceState | null]>([
    ['a state', STATE, STATE],
    ['null', null, null],
    ['undefined', undefined, null],
    ['a promise of a state', Promise.resolve(STATE), STATE],
    ['a promise of null', Promise.resolve(null), null],
    ['a promise of undefined', Promise.resolve(undefined), null],
    ['a promise of another library', thenable(STATE), STATE],
  ])('finds %s', async (_, found, state) => {
    expect(await findState(() => found as ResourceState, {})).toBe(state);
    expect(await findState(() => found as ResourceState, { timeout: Number.POSITIVE_INFINITY })).toBe(state);
  });

  it('throws what the application throws, or rejects with', async () => {
    const error = new Error('the database is down');
    await expect(
      findState(() => {
        throw error;
      }, {}),
    ).rejects.toBe(error);
    for (const timeout of [1000, Number.POSITIVE_INFINITY])
      await expect(findState(() => Promise.reject(error), { timeout })).rejects.toBe(error);
  });

  it.each([undefined, null])(
    'throws an error where the application throws %s: a framework answers nothing to it',
    async (none) => {
      await expect(findState(() => Promise.reject(none), {})).rejects.toThrow(
        new Error('current failed without a reason'),
      );
    },
  );

  it('does not wait for more than a second, unless told otherwise', async () => {
    vi.useFakeTimers();
    const told = vi.fn();
    findState(never, {}).catch(told);
    await vi.advanceTimersByTimeAsync(999);
    expect(told).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    expect(told).toHaveBeenCalledExactlyOnceWith(new Error('current did not answer within 1000 ms'));
  });

  it('waits for as long as it is told', async () => {
    vi.useFakeTimers();
    const told = vi.fn();
    findState(never, { timeout: 50 }).catch(told);
    await vi.advanceTimersByTimeAsync(50);
    expect(told).toHaveBeenCalledExactlyOnceWith(new Error('current did not answer within 50 ms'));
  });

  it.each([2 ** 31 - 1, 2 ** 31, Number.POSITIVE_INFINITY])(
    'waits for %d ms, though the timers of a runtime have a longest delay',
    async (timeout) => {
      const state = new Promise<ResourceState>((resolve) => setTimeout(resolve, 20, STATE));
      expect(await findState(() => state, { timeout })).toBe(STATE);
    },
  );

  it('leaves no timer behind', async () => {
    vi.useFakeTimers();
    await findState(() => Promise.resolve(STATE), {});
    await findState(() => Promise.reject(new Error('down')), {}).catch(() => {});
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('findReadState: it fails open', () => {
  it.each([STATE, null, undefined])('finds %j', async (found) => {
    const { heard, circumstances } = witness();
    expect(await findReadState(REQUEST, async () => found, {}, circumstances)).toEqual(found ?? null);
    expect(heard).toEqual([]);
  });

  it.each([
    ['at once', <T>(value: T) => value],
    ['later', <T>(value: T) => Promise.resolve(value)],
  ])('finds validators as they are then, given %s', async (_, give) => {
    const note = { etag: '"v7"' as EntityTag, lastModified: new Date(1000) };
    const { circumstances } = witness();
    const found = await findReadState(REQUEST, () => give(note), {}, circumstances);
    note.etag = '"v8"';
    note.lastModified.setTime(2000);
    expect(found).toEqual({ etag: '"v7"', lastModified: 1000 });
  });

  it('passes on that what was found is not a state', async () => {
    const { heard, circumstances } = witness();
    const found = () => 'v7' as unknown as ResourceState;
    expect(() => findReadState(REQUEST, found, {}, circumstances)).toThrow('Not a state: v7');
    await expect(findReadState(REQUEST, async () => found(), {}, circumstances)).rejects.toThrow('Not a state: v7');
    expect(heard).toEqual([]);
  });

  it('goes on without validators where the application fails, and tells of it', async () => {
    const { heard, circumstances } = witness();
    const error = new Error('the database is down');
    const failing = () => Promise.reject(error);
    expect(await findReadState(REQUEST, failing, {}, circumstances)).toBeNull();
    expect(heard).toEqual([expect.objectContaining({ reason: 'fault', status: null, error })]);
  });

  it('goes on without validators where the application does not answer', async () => {
    const { heard, circumstances } = witness();
    expect(await findReadState(REQUEST, never, { timeout: 5 }, circumstances)).toBeNull();
    expect(heard).toEqual([
      expect.objectContaining({ reason: 'fault', error: new Error('current did not answer within 5 ms') }),
    ]);
  });

  it('throws an error of these packages: it is an answer', async () => {
    const { heard, circumstances } = witness();
    const error = new PreconditionRequiredError();
    await expect(findReadState(REQUEST, () => Promise.reject(error), {}, circumstances)).rejects.toBe(error);
    expect(heard).toEqual([]);
  });
});

describe('tagContent', () => {
  const tag = (options: ReadOptions, content: string | Uint8Array = 'hello') => {
    const { heard, circumstances } = witness();
    return { tag: tagContent(REQUEST, content, options, circumstances), heard };
  };

  it('is that of contentTag without a digest of your own', () => {
    expect(tag({}).tag).toBe(contentTag('hello'));
    expect(tag({ weak: true }).tag).toBe(contentTag('hello', { weak: true }));
  });

  it('is made by a digest of your own, at once or when it answers', async () => {
    const content = new Uint8Array([1, 2]);
    const digest = vi.fn(() => 'abc');
    expect(tag({ digest }, content).tag).toBe('"abc"');
    expect(digest).toHaveBeenCalledExactlyOnceWith(content);
    expect(tag({ digest, weak: true }).tag).toBe('W/"abc"');
    const { tag: pending, heard } = tag({ digest: async () => 'abc', weak: true });
    expect(pending).toBeInstanceOf(Promise);
    expect([await pending, heard]).toEqual(['W/"abc"', []]);
    expect(await tag({ digest: () => thenable('abc') as Promise<string> }).tag).toBe('"abc"');
  });

  const error = new Error('no entropy');
  it.each<[how: string, options: ReadOptions, error: Error]>([
    [
      'throws',
      {
        digest: () => {
          throw error;
        },
      },
      error,
    ],
    ['rejects', { digest: () => Promise.reject(error) }, error],
    ['does not answer', { digest: never, timeout: 5 }, new Error('The digest did not answer within 5 ms')],
  ])('is null where the digest %s, and tells of it', async (_, options, error) => {
    const { tag: none, heard } = tag(options);
    expect(await none).toBeNull();
    expect(heard).toEqual([expect.objectContaining({ reason: 'fault', error })]);
  });

  it('throws where a digest gives what no tag can carry: a mistake of the application', async () => {
    expect(() => tag({ digest: () => 'a b' })).toThrow(TypeError);
    expect(() => tag({ digest: () => undefined as unknown as string })).toThrow(TypeError);
    await expect(tag({ digest: async () => 'a b' }).tag).rejects.toThrow(TypeError);
  });
});
