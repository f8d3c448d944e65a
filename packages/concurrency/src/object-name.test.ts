import { expect, test } from 'vitest';
import { objectName, ownName } from './object-name.ts';

test.each([
  ['2026/07/report.json', 'notes/2026/07/report.json'],
  ['é', 'notes/%C3%A9'],
  ['%C3%A9', 'notes/%25C3%25A9'],
  ['../..', 'notes/%2E%2E%2F%2E%2E'],
  ['a//b', 'notes/a%2F%2Fb'],
  ['a/', 'notes/a%2F'],
  ['', 'notes/%~'],
])('%j is %j', async (key, name) => {
  expect(await objectName('notes/', key)).toBe(name);
});

test('a long key has a name that fits, and one of its own', async () => {
  const keys = [`${'k'.repeat(2000)}a`, `${'k'.repeat(2000)}b`, 'é'.repeat(400)];
  const names = await Promise.all(keys.map((key) => objectName('ö/', key)));
  for (const name of names) expect(new TextEncoder().encode(name).length).toBeLessThanOrEqual(1024);
  expect(new Set(names).size).toBe(3);
});

test('no key has a name of the store', async () => {
  const own = ownName('notes/', 'look');
  for (const key of ['%~look', '~look', 'look', '']) expect(await objectName('notes/', key)).not.toBe(own);
});
