import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { originOf, repositoryOf, withAbsoluteLinks } from './repository.ts';

const environment = { GITHUB_SERVER_URL: 'https://host', GITHUB_REPOSITORY: 'owner/name', GITHUB_SHA: 'abc' };
const repository = repositoryOf(environment);
const root = fileURLToPath(new URL('../../..', import.meta.url));
const rewritten = (text: string) => withAbsoluteLinks(text, 'packages/hono', repository, root);

it.each(Object.keys(environment))('needs %s', (name) => {
  expect(() => repositoryOf({ ...environment, [name]: undefined })).toThrow(name);
});

it('names the repository of the workflow', () => {
  expect(originOf('packages/hono', repository)).toEqual({
    repository: { type: 'git', url: 'git+https://host/owner/name.git', directory: 'packages/hono' },
    homepage: 'https://host/owner/name/tree/HEAD/packages/hono#readme',
    bugs: { url: 'https://host/owner/name/issues' },
  });
});

it.each([
  ['[core](../core)', '[core](https://host/owner/name/tree/abc/packages/core)'],
  ['[`core`](../core/)', '[`core`](https://host/owner/name/tree/abc/packages/core)'],
  ['[why](../../LICENSE#top)', '[why](https://host/owner/name/blob/abc/LICENSE#top)'],
  ['[why]: ./README.md', '[why]: https://host/owner/name/blob/abc/packages/hono/README.md'],
  ['<a href="../core">', '<a href="https://host/owner/name/tree/abc/packages/core">'],
])('%s', (link, absolute) => {
  expect(rewritten(`See\n${link}`)).toBe(`See\n${absolute}`);
});

it.each([
  '[a](https://example.com)',
  '[a](#install)',
  '[a](mailto:a@example.com)',
  '`list[0](../core)`',
  '```ts\nlist[0](../core);\n```\n',
])('leaves alone: %s', (text) => {
  expect(rewritten(text)).toBe(text);
});

it('refuses a link to what does not exist', () => {
  expect(() => rewritten('[a](../nothing.md)')).toThrow('packages/hono/README.md links to ../nothing.md');
});
