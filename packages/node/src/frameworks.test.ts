import { expect, it } from 'vitest';
import { listen } from '../test/boot.ts';
import { frameworks } from '../test/frameworks.ts';
import { expectation } from './index.ts';

const TEXT = 'The same content, again and again. '.repeat(100);

it.each(Object.entries(frameworks))('%s: tags, 304, coded tags, 412', async (_, serve) => {
  const server = await listen(
    serve((_req, res) => {
      res.setHeader('Content-Type', 'text/plain');
      res.end(TEXT);
    }),
  );
  const ask = (headers: Record<string, string> = {}) => fetch(server.origin, { headers });
  const plain = await ask({ 'Accept-Encoding': 'identity' });
  const tag = plain.headers.get('etag') ?? '';
  expect([plain.status, await plain.text(), tag]).toEqual([200, TEXT, expect.stringMatching(/^"[\w-]{43}"$/)]);
  const coded = await ask({ 'Accept-Encoding': 'gzip' });
  const codedTag = `${tag.slice(0, -1)}-gzip"`;
  expect([coded.headers.get('etag'), coded.headers.get('content-encoding'), await coded.text()]).toEqual([
    codedTag,
    'gzip',
    TEXT,
  ]);
  const match = await ask({ 'Accept-Encoding': 'gzip', 'If-None-Match': codedTag });
  expect([match.status, match.headers.get('etag'), match.headers.get('vary')]).toEqual([
    304,
    codedTag,
    expect.stringMatching(/accept-encoding/i),
  ]);
  const failed = await ask({ 'If-Match': '"another"' });
  expect([failed.status, (await failed.json()).reason]).toEqual([412, 'no-match']);
  await server.close();
});

it.each(Object.entries(frameworks))('%s: what a handler throws becomes its response', async (_, serve) => {
  const server = await listen(serve((req) => void expectation(req, { require: true })));
  const refused = await fetch(server.origin, { method: 'PUT', body: '{}' });
  expect([refused.status, refused.headers.get('content-type')]).toEqual([428, 'application/problem+json']);
  await server.close();
});
