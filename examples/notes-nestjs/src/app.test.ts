import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { serveNotes } from './serve.ts';

const folder = mkdtempSync(join(tmpdir(), 'notes-'));
let server: Awaited<ReturnType<typeof serveNotes>>;
beforeAll(async () => {
  server = await serveNotes({ port: 0, database: join(folder, 'notes.sqlite') });
});
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

it('has its OpenAPI page', async () => {
  const page = await fetch(`http://localhost:${server.port}/api`);
  expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
  const { paths } = await (await fetch(`http://localhost:${server.port}/api-json`)).json();
  const described = Object.entries<Record<string, { parameters: { name: string }[]; responses: object }>>(
    paths,
  ).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { parameters, responses }]) => [
      `${method} ${path}`,
      parameters.map(({ name }) => name).join(),
      Object.keys(responses).join(),
    ]),
  );
  expect(described).toEqual([
    ['get /notes', 'If-None-Match', '200,304'],
    ['post /notes', 'If-Match,If-None-Match', '201,412'],
    ['get /notes/{id}', 'id,If-None-Match', '200,304'],
    ['put /notes/{id}', 'id,If-Match,If-None-Match', '200,201,412,428'],
    ['patch /notes/{id}', 'id,If-Match,If-None-Match', '200,412,428'],
    ['delete /notes/{id}', 'id,If-Match,If-None-Match', '204,412,428'],
  ]);
});
