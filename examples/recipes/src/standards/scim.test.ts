import { any } from '@etag/concurrency';
import { memoryStore } from '@etag/concurrency/memory';
import { beforeEach, expect, it } from 'vitest';
import { scimApp, type User } from './scim.ts';

let app: ReturnType<typeof scimApp>;
beforeEach(async () => {
  const users = memoryStore<User>();
  await users.put('2819c223', { userName: 'bjensen' }, any);
  app = scimApp(users, () => ['2819c223']);
});

async function get(path = '/Users/2819c223', headers: Record<string, string> = {}) {
  const response = await app.request(path, { headers });
  return { status: response.status, tag: response.headers.get('etag'), body: await response.text() };
}

function put(version: string, userName: string) {
  const body = JSON.stringify({ userName });
  return app.request('/Users/2819c223', { method: 'PUT', headers: { 'If-Match': version }, body });
}

it('meta.version is the tag, in the resource as in the list', async () => {
  const { tag, body } = await get();
  const { version } = JSON.parse(body).meta;
  expect(version).toMatch(/^W\/"[\w.-]+"$/);
  expect(tag).toBe(version);
  expect(JSON.parse((await get('/Users')).body).Resources[0].meta.version).toBe(version);
  expect((await get('/Users/2819c223', { 'If-None-Match': version })).status).toBe(304);
});

it('meta.version guards a write, once', async () => {
  const { version } = JSON.parse((await get()).body).meta;
  const saved = await put(version, 'barbara');
  const { userName, meta } = (await saved.json()) as User & { meta: { version: string } };
  expect([saved.status, userName]).toEqual([200, 'barbara']);
  expect(meta.version).toBe(saved.headers.get('etag'));
  expect(meta.version).not.toBe(version);

  const stale = await put(version, 'babs');
  expect([stale.status, stale.headers.get('etag')]).toEqual([412, meta.version]);
  expect(stale.headers.get('content-type')).toBe('application/scim+json');
  expect(await stale.json()).toEqual({
    schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'],
    status: '412',
    detail: expect.stringContaining('has changed'),
  });
  expect(JSON.parse((await get()).body).userName).toBe('barbara');
});

it('a PUT creates nothing (RFC 7644 §3.5.1)', async () => {
  for (const headers of [{}, { 'If-None-Match': '*' }]) {
    const saved = await app.request('/Users/other', { method: 'PUT', headers, body: '{"userName":"other"}' });
    expect([saved.status, (await saved.json()).status]).toEqual([404, '404']);
  }
  expect((await get('/Users/other')).status).toBe(404);
});

it.each(['2819c223', 'W/"another"', '"v1"'])('If-Match: %s is refused', async (ifMatch) => {
  expect((await put(ifMatch, 'babs')).status).toBe(412);
  expect(JSON.parse((await get()).body).userName).toBe('bjensen');
});
