import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { conditionalRead, guardedWrite, type Operation } from '@etag/core/openapi';
import { etag, precondition, versionTag } from '@etag/hono';
import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi';
import { Validator } from '@seriousme/openapi-schema-validator';
import { describe, expect, it } from 'vitest';

// The fragments in a document that another library generates.

const Note = z.object({ title: z.string() });
const content = { 'application/json': { schema: Note } };
const current = () => ({ etag: versionTag(7) });
const tagged = etag({ current });
const guarded = precondition({ current, require: true });

const read = createRoute(
  conditionalRead({
    method: 'get',
    path: '/note',
    middleware: tagged,
    responses: { 200: { description: 'The note', content } },
  }),
);
const write = createRoute(
  guardedWrite(
    {
      method: 'put',
      path: '/note',
      middleware: guarded,
      request: { body: { content } },
      responses: { 204: { description: 'Saved' } },
    },
    { require: true },
  ),
);

const app = new OpenAPIHono();
app.openapi(read, (c) => c.json({ title: 'Milk' }, 200));
app.openapi(write, (c) => c.body(null, 204));

const info = { title: 'notes', version: '1' };

it.each([
  ['3.0.3', () => app.getOpenAPIDocument({ openapi: '3.0.3', info })],
  ['3.1.0', () => app.getOpenAPI31Document({ openapi: '3.1.0', info })],
])('the document of @hono/zod-openapi is valid, OpenAPI %s', async (_, documentOf) => {
  const document = JSON.parse(JSON.stringify(documentOf()));
  expect(await new Validator().validate(document)).toMatchObject({ valid: true });
  const { get, put } = document.paths['/note'];
  expect(get.parameters.map(({ name }: { name: string }) => name)).toEqual(['If-None-Match']);
  expect(Object.keys(get.responses)).toEqual(['200', '304']);
  expect(get.responses['200']).toMatchObject({ headers: { ETag: {} }, content: { 'application/json': {} } });
  expect(put.parameters.map(({ name }: { name: string }) => name)).toEqual(['If-Match', 'If-None-Match']);
  expect(Object.keys(put.responses)).toEqual(['204', '412', '428']);
});

it('a field that the route describes itself is named once', async () => {
  const own = new OpenAPIHono();
  const headers = z.object({ 'if-match': z.string() });
  const responses = { 204: { description: 'Saved' } };
  own.openapi(createRoute(guardedWrite({ method: 'put', path: '/note', request: { headers }, responses })), (c) =>
    c.body(null, 204),
  );
  const { parameters } = own.getOpenAPIDocument({ openapi: '3.0.3', info }).paths['/note']?.put ?? {};
  expect(parameters?.map((parameter) => ('name' in parameter ? parameter.name : ''))).toEqual([
    'If-None-Match',
    'if-match',
  ]);
});

it('the routes do what they say', async () => {
  const first = await app.request('/note');
  const tag = first.headers.get('etag') ?? '';
  expect([first.status, tag]).toEqual([200, '"v7"']);
  expect((await app.request('/note', { headers: { 'if-none-match': tag } })).status).toBe(304);
  const put = (headers: Record<string, string>) =>
    app.request('/note', {
      method: 'PUT',
      body: JSON.stringify({ title: 'Milk' }),
      headers: { 'content-type': 'application/json', ...headers },
    });
  const statuses = [{}, { 'if-match': '"v6"' }, { 'if-match': tag }].map(
    async (headers) => (await put(headers as Record<string, string>)).status,
  );
  expect(await Promise.all(statuses)).toEqual([428, 412, 204]);
});

describe('the rule for Spectral', () => {
  const spectral = createRequire(import.meta.url).resolve('@stoplight/spectral-cli/dist/index.js');
  const ruleset = fileURLToPath(new URL('../../../packages/core/spectral.yaml', import.meta.url));

  /** What the rule complains of: a path, and a method of it. */
  async function complaints(paths: Record<string, object>): Promise<string[]> {
    const folder = mkdtempSync(join(tmpdir(), 'spectral-'));
    try {
      const file = join(folder, 'document.json');
      writeFileSync(file, JSON.stringify({ openapi: '3.0.3', info, paths }));
      const args = [spectral, 'lint', file, '--ruleset', ruleset, '--format', 'json', '--quiet'];
      const { stdout } = await promisify(execFile)(process.execPath, args);
      const found = JSON.parse(stdout) as { path: string[] }[];
      return found.map(({ path }) => path.slice(1).join(' ')).sort();
    } finally {
      rmSync(folder, { recursive: true });
    }
  }

  const shown = { responses: { 200: { description: 'The note' } } };
  const saved = { responses: { 204: { description: 'Saved' } } };
  const get = conditionalRead(shown);
  const write = guardedWrite(saved, { require: true });

  it('is content with what guardedWrite describes, and with writes beside reads without a tag', async () => {
    const other = { 200: { description: 'The note', headers: { 'X-Note': { schema: { type: 'string' } } } } };
    const paths = {
      '/guarded': { get, put: write, patch: write, delete: write },
      '/untagged': { get: shown, put: saved },
      '/other': { get: { responses: other }, put: saved },
      '/for-all': { get, put: { ...write, parameters: [] }, parameters: (write as Operation).parameters },
      '/4XX': { get, put: { ...write, responses: { '4XX': { description: 'Refused' } } } },
    };
    expect(await complaints(paths)).toEqual([]);
  });

  it('names each write once that declares no If-Match, no 412 or no 428', async () => {
    const paths = {
      '/blind': { get, put: saved, patch: saved },
      '/not-required': { get, patch: guardedWrite(saved) },
      '/for-all': { get, put: saved, parameters: (write as Operation).parameters },
      '/without-field': { get, delete: { ...write, parameters: [] } },
    };
    expect(await complaints(paths)).toEqual([
      '/blind patch',
      '/blind put',
      '/for-all put',
      '/not-required patch',
      '/without-field delete',
    ]);
  });
});
