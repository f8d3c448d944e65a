import { createClient } from '@etag/client';
import { MutationObserver, QueryClient } from '@tanstack/query-core';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ConflictError } from './conflict.ts';
import { type Note, serveNotes } from './notes.ts';
import { resourceMutation, resourceQuery } from './tanstack-query.ts';

let server: Awaited<ReturnType<typeof serveNotes>>;
const queries = new QueryClient();
beforeEach(async () => {
  server = await serveNotes();
});
afterEach(() => {
  queries.clear();
  server.close();
});

test('a query that is fetched again costs a 304; a write is guarded; a conflict is typed, and the query has the other one', async () => {
  const client = createClient();
  const url = `${server.origin}/notes/1`;
  const query = resourceQuery<Note>(client, url);
  const read = await queries.fetchQuery({ ...query, staleTime: 0 });
  await queries.fetchQuery({ ...query, staleTime: 0 });
  expect(server.statuses).toEqual(['GET 200', 'GET 304']);

  const { mutate } = new MutationObserver(queries, resourceMutation<Note>(queries, client, url));
  await mutate({ content: { title: 'Bread' }, seen: read.etag });
  expect(await server.title()).toBe('Bread');

  const seen = await queries.fetchQuery({ ...query, staleTime: 0 });
  await server.write('Eggs');
  await expect(mutate({ content: { title: 'Butter' }, seen: seen.etag })).rejects.toThrow(ConflictError);
  expect(await server.title()).toBe('Eggs');
  const current = await queries.fetchQuery({ ...query, staleTime: 0 });
  expect(current.content.title).toBe('Eggs');
  await mutate({ content: { title: 'Eggs, butter' }, seen: current.etag });
  expect(await server.title()).toBe('Eggs, butter');
});
