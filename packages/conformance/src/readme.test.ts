import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { serve } from '@hono/node-server';
import { expect, it } from 'vitest';
import { runConformance } from './run.ts';
import { scenarios } from './scenarios.ts';
import { coreOnly, dateVectors, rangeVectors, tagListVectors, vectors } from './vectors.ts';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');

it('counts right', () => {
  const counts = { vectors, rangeVectors, dateVectors, tagListVectors, coreOnly, scenarios };
  for (const [name, { length }] of Object.entries(counts)) {
    expect(readme).toMatch(new RegExp(`\\| \`${name}\` +\\|.*\\| ${length} +\\|`));
  }
});

it('says how many scenarios the standard asks for', () => {
  const required = scenarios.filter(({ kind }) => kind === 'required');
  expect(readme).toContain(`${required.length} are required.`);
});

it('has a fixture that passes', async () => {
  const fixture = /```js\n(import \{ plainAnswer.*?)```/s.exec(readme)?.[1] ?? '';
  // As a project has it that installed the packages.
  const packages: Record<string, string> = {
    '@etag/conformance': './index.ts',
    '@etag/hono': '../../hono/src/index.ts',
  };
  const fileOf = (name: string) =>
    packages[name] ? new URL(packages[name], import.meta.url).href : import.meta.resolve(name);
  const code = fixture.replace(/from '(.*?)'/g, (_, name: string) => `from '${fileOf(name)}'`);
  const { app } = await import(/* @vite-ignore */ `data:text/javascript,${encodeURIComponent(code)}`);
  const server = serve({ fetch: app.fetch, port: 0 });
  await once(server, 'listening');
  const report = await runConformance(`http://localhost:${(server.address() as AddressInfo).port}`);
  server.close();
  expect(report.failures).toEqual([]);
  expect(report.passed).toBe(vectors.length + rangeVectors.length + scenarios.length);
});

it('shows ids that exist', () => {
  const ids = new Set(vectors.map(({ id }) => id));
  const shown = [...readme.matchAll(/id === '([^']+)'|^([a-z0-9]+(?:-[a-z0-9]+)+)$/gm)].map(([, a, b]) => a ?? b ?? '');
  expect(shown.length).toBeGreaterThanOrEqual(3);
  for (const id of shown) expect(ids).toContain(id);
});

it('has an example that does what it says', () => {
  const code = /```ts\n(.*?)```/s.exec(readme)?.[1] ?? '';
  const script = code.replace(/^import .*$/m, '').replaceAll(/: string/g, '');
  const printed: unknown[] = [];
  new Function('vectors', 'console', script)(vectors, { log: (value: unknown) => printed.push(value) });
  const promised = [...code.matchAll(/console\.log\(.*\); \/\/ (.*)/g)].map(([, text]) => text);
  expect(promised).toHaveLength(2);
  expect(printed.map(String)).toEqual(promised);
});
