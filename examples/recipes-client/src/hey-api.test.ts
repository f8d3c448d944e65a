import { createClient as createEtagClient } from '@etag/client';
import { createClient } from '@hey-api/client-fetch';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ConflictError } from './conflict.ts';
import { useTags } from './hey-api.ts';
import { type Note, serveNotes } from './notes.ts';

let server: Awaited<ReturnType<typeof serveNotes>>;
beforeEach(async () => {
  server = await serveNotes();
});
afterEach(() => server.close());

test('the tag of a read guards the write after it; a conflict is typed, and a read later it goes through', async () => {
  const client = createClient({ baseUrl: server.origin, fetch: createEtagClient() });
  useTags(client);
  const url = '/notes/1';
  const headers = { 'Content-Type': 'application/json' };
  const put = (title: string) => client.put({ url, headers, body: { title } });
  const read = async () => (await client.get<Note, unknown>({ url })).data;

  expect(await read()).toEqual({ title: 'Milk' });
  expect(await read()).toEqual({ title: 'Milk' });
  expect(server.statuses).toEqual(['GET 200', 'GET 304']);
  await put('Bread');
  expect(await server.title()).toBe('Bread');

  await read();
  await server.write('Eggs');
  await expect(put('Butter')).rejects.toThrow(ConflictError);
  expect(await server.title()).toBe('Eggs');

  expect(await read()).toEqual({ title: 'Eggs' });
  await put('Butter');
  expect(await server.title()).toBe('Butter');
});
