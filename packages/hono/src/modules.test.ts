import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { build, type Format } from 'esbuild';
import { describe, expect, it } from 'vitest';
import { etag, precondition } from './index.ts';

const folder = fileURLToPath(new URL('..', import.meta.url));

/** An application with compression on either side. It prints the status, the tag and the Vary of each answer. */
const PROGRAM = `
import { etag, precondition } from './src/index.ts';
import { Hono } from 'hono';
import { compress } from 'hono/compress';

const current = () => ({ etag: '"v7"' });
async function run() {
  for (const middleware of [[compress(), etag()], [etag(), compress()]]) {
    const app = new Hono().use(...middleware);
    app.get('/', (c) => c.text('x'.repeat(5000), 200, { ETag: '"v7"' }));
    app.put('/', precondition({ current }), (c) => c.text('saved'));
    const ask = async (method, headers) => {
      const response = await app.request('/', { method, headers: { 'Accept-Encoding': 'gzip', ...headers } });
      return [response.status, response.headers.get('etag'), response.headers.get('vary')];
    };
    const read = await ask('GET', {});
    const cached = await ask('GET', { 'If-None-Match': read[1] });
    const saved = await ask('PUT', { 'If-Match': '"v7-gzip"' });
    const stale = await ask('PUT', { 'If-Match': '"v6"' });
    console.log(JSON.stringify([read, cached, saved, stale]));
  }
}
run();
`;

const ANSWERS = [
  [200, '"v7-gzip"', 'Accept-Encoding'],
  [304, '"v7-gzip"', 'Accept-Encoding'],
  [200, null, 'Accept-Encoding'],
  [412, '"v7"', 'Accept-Encoding'],
];

describe('an application that is bundled and minified', () => {
  it.each<Format>(['esm', 'cjs'])('answers as it does otherwise: %s', async (format) => {
    const { outputFiles } = await build({
      stdin: { contents: PROGRAM, resolveDir: folder },
      bundle: true,
      minify: true,
      platform: 'node',
      format,
      write: false,
    });
    const type = format === 'esm' ? 'module' : 'commonjs';
    const printed = execFileSync(process.execPath, [`--input-type=${type}`, '--eval', outputFiles[0]?.text ?? ''], {
      encoding: 'utf8',
    });
    const answers = printed
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(answers).toEqual([ANSWERS, ANSWERS]);
  });
});

it('does not need the copy of Hono that the application has', async () => {
  // An ES module of ours and Hono as CommonJS: two copies of every module of Hono.
  const { Hono } = createRequire(import.meta.url)('hono') as typeof import('hono');
  const app = new Hono().use(etag()).get('/content', (c) => c.html('content', 200, { 'Cache-Control': 'no-cache' }));
  const current = () => ({ etag: '"v7"' }) as const;
  app.get('/early', etag({ current }), (c) => c.text('shown'));
  app.put('/early', precondition({ current }), (c) => c.text('saved'));
  for (const path of ['/content', '/early']) {
    const tag = (await app.request(path)).headers.get('etag') as string;
    expect((await app.request(path, { headers: { 'If-None-Match': tag } })).status).toBe(304);
  }
  const put = { method: 'PUT', headers: { 'If-Match': '"v6"' } };
  expect((await app.request('/early', put)).status).toBe(412);
});
