import { expect, test } from 'vitest';
import { jsonOf } from './index.ts';

class Point {
  x = 1;
  y = 2;
}

test.each([
  null,
  'text',
  0,
  [],
  {},
  { a: [1, null, { b: undefined }] },
  new Date(0),
  new Point(),
  Object.create(null),
  [new String('x')],
])('%o is what JSON says of it', (value) => {
  expect(jsonOf(value)).toBe(JSON.stringify(value));
});

test('a value deeper than a look goes is what JSON says of it', () => {
  const deep = (depth: number): unknown => (depth === 0 ? [undefined] : { a: deep(depth - 1), b: 1 });
  for (const depth of [1, 15, 16, 17, 40]) {
    expect(() => jsonOf(deep(depth))).toThrow(new TypeError('JSON cannot say undefined'));
    const fine = JSON.parse(JSON.stringify(deep(depth)));
    expect(jsonOf(fine)).toBe(JSON.stringify(fine));
  }
});

test('a circle is the error of JSON', () => {
  const circle: Record<string, unknown> = { a: 1 };
  circle.self = [circle];
  expect(() => jsonOf(circle)).toThrow(/circular/i);
});

test.each<[what: string, value: unknown, named: string]>([
  ['nothing', undefined, 'undefined'],
  ['nothing in an array', [1, undefined], 'undefined'],
  ['an array with holes', new Array(2), 'undefined'],
  ['a symbol', Symbol('x'), 'a symbol'],
  ['a function deep within', { a: [{ b: () => 1 }] }, 'a function'],
  ['NaN', { a: Number.NaN }, 'NaN'],
  ['Infinity', [Number.POSITIVE_INFINITY], 'Infinity'],
  ['a date that is not one', { due: new Date('31.12.2026') }, 'Invalid Date'],
  ['a hole deep within', { a: [{ b: new Array(1) }] }, 'undefined'],
  ['an array that says undefined of itself', { a: Object.assign([1], { toJSON: () => undefined }) }, '1'],
  ['what says undefined of itself', { toJSON: () => undefined }, '[object Object]'],
  ['a promise', Promise.resolve({ a: 1 }), 'a Promise'],
  ['a promise within', { a: Promise.resolve(1) }, 'a Promise'],
  ['a Map', new Map([[1, 2]]), 'a Map'],
  ['an object without a constructor', Object.create(Object.create(Object.create(null))), 'a undefined'],
  ['bytes', { a: new Uint8Array(2) }, 'a Uint8Array'],
])('%s is not said as something else', (_, value, named) => {
  expect(() => jsonOf(value)).toThrow(new TypeError(`JSON cannot say ${named}`));
});
