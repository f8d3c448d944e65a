import { expectation, tagCodec, versionTag } from '@etag/core';
import { expect, test } from 'vitest';
import { memoryStore } from './memory/index.ts';
import { replace } from './replace.ts';
import { taggedItem } from './tagged-item.ts';

const tea = { version: '7', value: { title: 'tea' } };

test('an item carries the tag that a GET of it has', () => {
  expect(taggedItem(tea)).toEqual({ title: 'tea', etag: versionTag('7') });
  expect(tea.value).toEqual({ title: 'tea' });
});

test('under the name and in the format of a standard', () => {
  const codec = tagCodec({ format: (version) => `W/"${version}"`, parse: (tag) => /"(.+)"$/.exec(tag)?.[1] ?? null });
  expect(taggedItem(tea, { field: '@odata.etag', codec })).toEqual({ title: 'tea', '@odata.etag': 'W/"7"' });
  expect(taggedItem(tea, { field: '_etag' })._etag).toBe(versionTag('7'));
});

test('and is typed by what was asked for, whatever waits for it', async () => {
  const [item] = await Promise.all([tea].map(async (found) => taggedItem(found)));
  expect(item?.etag).toBe(versionTag('7'));
});

test('and does not lose a member of its own', () => {
  expect(() => taggedItem({ version: '7', value: { etag: 'a brand' } })).toThrow(TypeError);
});

test.each(['"v6"', 'W/"v6"', undefined])('and replaces a tag that a client sent back with it: %s', (etag) => {
  expect(taggedItem({ version: '7', value: { title: 'tea', etag } })).toEqual({ title: 'tea', etag: versionTag('7') });
});

test('what a client sends back guards its write', async () => {
  const store = memoryStore<{ title: string }>();
  await replace(store, '1', { title: 'tea' }, { absent: true });
  const found = await store.get('1');
  const { etag, ...item } = taggedItem(found ?? tea);
  const request = { method: 'PUT', headers: { 'if-match': etag } };
  const put = () => replace(store, '1', { ...item, title: 'milk' }, expectation(request));
  expect([(await put()).kind, (await put()).kind]).toEqual(['updated', 'stale']);
});
