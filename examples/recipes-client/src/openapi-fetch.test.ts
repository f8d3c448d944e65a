import { createClient as createEtagClient } from '@etag/client';
import createClient from 'openapi-fetch';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ConflictError } from './conflict.ts';
import { type Note, serveNotes } from './notes.ts';
import { etagMiddleware } from './openapi-fetch.ts';

/** As openapi-typescript writes it. */
interface Paths {
  '/notes/{id}': {
    parameters: { path: { id: string } };
    get: { parameters: { path: { id: string } }; responses: { 200: { content: { 'application/json': Note } } } };
    put: {
      parameters: { path: { id: string } };
      requestBody: { content: { 'application/json': Note } };
      responses: { 204: { content?: never } };
    };
  };
}

let server: Awaited<ReturnType<typeof serveNotes>>;
beforeEach(async () => {
  server = await serveNotes();
});
afterEach(() => server.close());

test('the tag of a read guards the write after it; a conflict is typed, and a read later it goes through', async () => {
  const api = createClient<Paths>({ baseUrl: server.origin, fetch: createEtagClient() });
  api.use(etagMiddleware());
  const note = { params: { path: { id: '1' } } };
  const put = (title: string) => api.PUT('/notes/{id}', { ...note, body: { title } });

  expect((await api.GET('/notes/{id}', note)).data).toEqual({ title: 'Milk' });
  expect((await api.GET('/notes/{id}', note)).data).toEqual({ title: 'Milk' });
  expect(server.statuses).toEqual(['GET 200', 'GET 304']);
  await put('Bread');
  expect(await server.title()).toBe('Bread');

  await api.GET('/notes/{id}', note);
  await server.write('Eggs');
  const conflict = await put('Butter').catch((error: unknown) => error);
  expect(conflict).toBeInstanceOf(ConflictError);
  expect(conflict).toMatchObject({ url: `${server.origin}/notes/1`, current: expect.stringMatching(/^"/) });
  expect(await server.title()).toBe('Eggs');

  await api.GET('/notes/{id}', note);
  await put('Butter');
  expect(await server.title()).toBe('Butter');
});

test('a precondition of the caller is left as it is', async () => {
  const api = createClient<Paths>({ baseUrl: server.origin });
  api.use(etagMiddleware());
  const note = { params: { path: { id: '1' } } };
  await api.GET('/notes/{id}', note);
  const write = api.PUT('/notes/{id}', { ...note, body: { title: 'Butter' }, headers: { 'If-Match': '"old"' } });
  await expect(write).rejects.toThrow(ConflictError);
});
