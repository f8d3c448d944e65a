import { Agent, setGlobalDispatcher, fetch as undiciFetch } from 'undici';
import { expect, test } from 'vitest';
import { resource, serve } from '../test/server.ts';
import { createClient } from './client.ts';

test('a tag does not go through another global dispatcher than the one it came through', async () => {
  const server = await serve(resource({ ETag: '"v1"' }));
  const client = createClient({ fetch: undiciFetch as unknown as typeof fetch });
  const read = async () => (await client(server.origin)).text();
  await read();
  await read();
  for (const proxy of [new Agent(), new Agent()]) {
    setGlobalDispatcher(proxy);
    await read();
    await read();
  }
  const tags = server.seen.map(({ headers }) => headers['if-none-match']);
  expect(tags).toEqual([undefined, '"v1"', undefined, '"v1"', undefined, '"v1"']);
  server.close();
});
