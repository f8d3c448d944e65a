import { any, replace } from '@etag/concurrency';
import { memoryStore } from '@etag/concurrency/memory';
import { server as hapi } from '@hapi/hapi';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { conditional, expectation, respond } from './hapi.ts';

interface Note {
  text: string;
}

const notes = memoryStore<Note>();
const app = hapi({ port: 0, host: '127.0.0.1' });
const LONG = 'hello '.repeat(1000);
const ask = (headers: Record<string, string> = {}, method = 'GET', body: Note | null = null, path = '/notes/1') =>
  fetch(app.info.uri + path, {
    method,
    headers: { 'accept-encoding': 'identity', ...headers },
    body: body && JSON.stringify(body),
  });

beforeAll(async () => {
  await app.register(conditional);
  app.route([
    {
      method: 'GET',
      path: '/notes/{id}',
      handler: async (request, h) => respond(request, h, await notes.get(`${request.params.id}`)),
    },
    {
      method: 'PUT',
      path: '/notes/{id}',
      handler: async (request, h) => {
        const expected = expectation(request, { require: true });
        const note = typeof request.payload === 'string' ? JSON.parse(request.payload) : request.payload;
        return respond(request, h, await replace(notes, request.params.id, note, expected));
      },
    },
    {
      method: 'DELETE',
      path: '/notes/{id}',
      handler: async (request, h) =>
        respond(request, h, await notes.delete(`${request.params.id}`, expectation(request))),
    },
  ]);
  await app.start();
});
afterAll(() => app.stop());
beforeEach(() => notes.put('1', { text: LONG }, any));

const tagOf = ({ headers }: Response) => headers.get('etag') ?? '';

describe('a read', () => {
  it('has the tag of the store, and is a 304 to a client that has it', async () => {
    const found = await ask();
    expect([found.status, await found.json()]).toEqual([200, { text: LONG }]);
    for (const sent of [tagOf(found), `"other", ${tagOf(found)}`, `W/${tagOf(found)}`, '*']) {
      const cached = await ask({ 'if-none-match': sent });
      expect([cached.status, await cached.text(), cached.headers.get('content-type')], sent).toEqual([304, '', null]);
    }
    expect((await ask({ 'if-none-match': '"other"' })).status).toBe(200);
  });

  it('has a tag of its own under a coding, which is a 304 and guards a write', async () => {
    const gzip = { 'accept-encoding': 'gzip' };
    const coded = tagOf(await ask(gzip));
    expect(coded).toMatch(/-gzip"$/);
    const cached = await ask({ ...gzip, 'if-none-match': coded });
    expect([cached.status, tagOf(cached), cached.headers.get('vary')]).toEqual([304, coded, 'accept-encoding']);
    expect(tagOf(await ask({ ...gzip, 'if-none-match': '*' }))).toBe(`W/${tagOf(await ask())}`);
    expect((await ask({ 'if-match': coded }, 'PUT', { text: 'new' })).status).toBe(200);
  });

  it('is refused where it asks for another version, and is a 404 where there is nothing', async () => {
    const refused = await ask({ 'if-match': '"v6"' });
    expect([refused.status, (await refused.json()).reason]).toEqual([412, 'no-match']);
    expect((await ask({ 'if-none-match': '*' }, 'GET', null, '/notes/2')).status).toBe(404);
  });

  it.each(['*', 'named'])('a 304 to HEAD has the fields of that to GET: %s', async (named) => {
    const etag = named === '*' ? named : tagOf(await ask());
    const fields = async (method: string) => {
      const { status, headers } = await ask({ 'if-none-match': etag }, method);
      return { status, etag: headers.get('etag'), vary: headers.get('vary')?.toLowerCase() };
    };
    expect(await fields('GET')).toMatchObject({ status: 304, vary: 'accept-encoding' });
    expect(await fields('HEAD')).toEqual(await fields('GET'));
  });

  it('HEAD has the fields of the GET', async () => {
    const { status, headers } = await ask({}, 'HEAD');
    expect([status, headers.get('etag')]).toEqual([200, tagOf(await ask())]);
  });
});

describe('a write', () => {
  it('needs a precondition, holds for the version that was read, and for no other', async () => {
    const tag = tagOf(await ask());
    const required = await ask({}, 'PUT', { text: 'mine' });
    expect([required.status, required.headers.get('content-type')]).toEqual([428, 'application/problem+json']);
    expect((await ask({ 'if-match': tag }, 'PUT', { text: 'mine' })).status).toBe(200);
    const stale = await ask({ 'if-match': tag }, 'PUT', { text: 'lost' });
    expect([stale.status, (await stale.json()).current]).toEqual([412, tagOf(stale)]);
    expect(await (await ask()).json()).toEqual({ text: 'mine' });
    expect((await ask({ 'if-match': 'v7' }, 'PUT', { text: 'lost' })).status).toBe(412);
    expect((await ask({ 'if-match': tagOf(await ask()) }, 'DELETE')).status).toBe(204);
    expect((await ask()).status).toBe(404);
  });

  it('of sixteen with one version, one goes through', async () => {
    const tag = tagOf(await ask());
    const writes = Array.from({ length: 16 }, (_, n) => ask({ 'if-match': tag }, 'PUT', { text: `${n}` }));
    const statuses = (await Promise.all(writes)).map(({ status }) => status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(1);
    expect(statuses.filter((status) => status === 412)).toHaveLength(15);
  });
});
