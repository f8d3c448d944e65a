import { expect, test } from 'vitest';
import { type Conflict, type Json, mergeJson } from './merge.ts';

test.each<[what: string, base: Json, mine: Json, theirs: Json, value: Json, conflicts: Conflict[]]>([
  ['nobody changed it', 1, 1, 1, 1, []],
  ['I changed it', 1, 2, 1, 2, []],
  ['they changed it', 1, 1, 2, 2, []],
  ['both alike', 1, 2, 2, 2, []],
  ['both, each in another way', 1, 2, 3, 3, [{ path: '', base: 1, mine: 2, theirs: 3 }]],
  ['other members', { a: 1, b: 1 }, { a: 2, b: 1 }, { a: 1, b: 2 }, { a: 2, b: 2 }, []],
  [
    'members of members',
    { a: { b: 1, c: 1 } },
    { a: { b: 2, c: 1 } },
    { a: { b: 1, c: 2 } },
    { a: { b: 2, c: 2 } },
    [],
  ],
  ['the order of members', { a: 1, b: 1 }, { b: 1, a: 1 }, { a: 1, b: 2 }, { a: 1, b: 2 }, []],
  ['I added one, they another', {}, { a: 1 }, { b: 2 }, { a: 1, b: 2 }, []],
  ['both added the same', {}, { a: 1 }, { a: 1 }, { a: 1 }, []],
  ['both added objects', {}, { a: { b: 1 } }, { a: { c: 2 } }, { a: { b: 1, c: 2 } }, []],
  ['I removed it', { a: 1, b: 1 }, { b: 1 }, { a: 1, b: 2 }, { b: 2 }, []],
  ['they removed it', { a: 1, b: 1 }, { a: 1, b: 2 }, { b: 1 }, { b: 2 }, []],
  ['both removed it', { a: 1 }, {}, {}, {}, []],
  [
    'I removed what they changed',
    { a: 1 },
    {},
    { a: 2 },
    { a: 2 },
    [{ path: '/a', base: 1, mine: undefined, theirs: 2 }],
  ],
  ['they removed what I changed', { a: 1 }, { a: 2 }, {}, {}, [{ path: '/a', base: 1, mine: 2, theirs: undefined }]],
  ['both added, each another', {}, { a: 1 }, { a: 2 }, { a: 2 }, [{ path: '/a', base: undefined, mine: 1, theirs: 2 }]],
  ['one array', { a: [1] }, { a: [1, 2] }, { a: [1] }, { a: [1, 2] }, []],
  ['both arrays', [1], [1, 2], [1, 3], [1, 3], [{ path: '', base: [1], mine: [1, 2], theirs: [1, 3] }]],
  [
    'another kind',
    { a: {} },
    { a: { b: 1 } },
    { a: [] },
    { a: [] },
    [{ path: '/a', base: {}, mine: { b: 1 }, theirs: [] }],
  ],
  ['null is a value', { a: null }, { a: 1 }, { a: null }, { a: 1 }, []],
  ['from null', null, { a: 1 }, { b: 1 }, { b: 1 }, [{ path: '', base: null, mine: { a: 1 }, theirs: { b: 1 } }]],
  [
    'names with / and ~',
    { 'a/b': { '~': 1 } },
    { 'a/b': { '~': 2 } },
    { 'a/b': { '~': 3 } },
    { 'a/b': { '~': 3 } },
    [{ path: '/a~1b/~0', base: 1, mine: 2, theirs: 3 }],
  ],
  ['the empty name', { '': 1 }, { '': 2 }, { '': 3 }, { '': 3 }, [{ path: '/', base: 1, mine: 2, theirs: 3 }]],
])('%s', (_, base, mine, theirs, value, conflicts) => {
  expect(mergeJson(base, mine, theirs)).toEqual({ value, conflicts });
});

test('what is merged has the type of what it is made of, an interface too', () => {
  interface Note {
    title: string;
    seen?: number;
  }
  const base: Note = { title: 'a' };
  const { value }: { value: Note } = mergeJson(base, { ...base, seen: 1 }, { ...base, title: 'b' });
  expect(value).toEqual({ title: 'b', seen: 1 });
});

test('names of Object.prototype are names', () => {
  const mine = JSON.parse('{"__proto__":{"a":1},"constructor":1}') as Json;
  const theirs = JSON.parse('{"__proto__":{"b":2},"toString":2}') as Json;
  const { value, conflicts } = mergeJson({}, mine, theirs);
  expect(JSON.parse(JSON.stringify(value))).toEqual(
    JSON.parse('{"__proto__":{"a":1,"b":2},"constructor":1,"toString":2}'),
  );
  expect([conflicts, Object.getPrototypeOf(value)]).toEqual([[], Object.prototype]);
});

test('takes time in proportion to the depth', () => {
  const deep = (levels: number, leaf: number): Json => (levels === 0 ? leaf : { a: deep(levels - 1, leaf) });
  const time = (levels: number) => {
    const [base, mine, theirs] = [0, 1, 2].map((leaf) => deep(levels, leaf)) as [Json, Json, Json];
    // Of the processor: another process may have the clock.
    const start = process.cpuUsage();
    expect(mergeJson(base, mine, theirs).conflicts).toMatchObject([{ base: 0, mine: 1, theirs: 2 }]);
    const { user, system } = process.cpuUsage(start);
    return (user + system) / 1000;
  };
  time(250);
  expect(time(2000)).toBeLessThan(200);
});

test('goes as deep as JSON.parse does', () => {
  const deep = (leaf: number) => JSON.parse(`${'{"a":['.repeat(50_000)}${leaf}${']}'.repeat(50_000)}`) as Json;
  expect(mergeJson(deep(0), deep(1), deep(0)).conflicts).toEqual([]);
  expect(mergeJson(deep(0), deep(1), deep(2)).conflicts.map(({ path }) => path)).toEqual(['/a']);
});

test.each<[base: Json, mine: Json]>([
  [[[]], [0]],
  [[{}], [0]],
  [[0], [[]]],
])('%j is not %j', (base, mine) => {
  expect(mergeJson({ a: base }, { a: mine }, { a: [1] }).conflicts).toMatchObject([{ path: '/a', base, mine }]);
});

test('what is circular is not JSON', () => {
  const circle: Record<string, Json> = {};
  circle.a = [circle];
  expect(() => mergeJson<Json>(circle, 1, 2)).toThrow(TypeError);
  const shared = { a: 1 };
  expect(mergeJson<Json>([shared, shared], [shared, shared], 1)).toEqual({ value: 1, conflicts: [] });
});

test('a Date is not JSON', () => {
  const date = new Date(0) as unknown as Json;
  expect(() => mergeJson({ a: 1 }, { a: date }, { a: 2 })).toThrow(TypeError);
});
