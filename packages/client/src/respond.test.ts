import { afterEach, describe, expect, test } from 'vitest';
import { resource, type Serving, serve } from '../test/server.ts';
import { createClient } from './client.ts';

let server: Serving | undefined;
afterEach(() => server?.close());

describe('what comes back is what fetch returns', () => {
  const shown = ({ url, type, redirected, status, ok }: Response) => ({ url, type, redirected, status, ok });

  test.each([
    ['of the server', 1],
    ['stored', 2],
  ])('a response %s, and its clones', async (_, reads) => {
    server = await serve((request, response) => {
      if (request.url === '/from') return response.writeHead(302, { Location: '/to' }).end();
      resource({ ETag: '"v1"' })(request, response);
    });
    const { origin } = server;
    for (const path of ['/', '/from']) {
      const expected = await fetch(origin + path);
      const client = createClient();
      let response = await client(origin + path);
      for (let read = 1; read < reads; read++) {
        await response.text();
        response = await client(origin + path);
      }
      expect(Object.keys(response)).toEqual([]);
      const clones = [response.clone(), response.clone().clone()];
      for (const one of [response, ...clones]) expect(shown(one)).toEqual(shown(expected));
      expect(await clones[1]?.text()).toBe('content');
      expect(await response.text()).toBe('content');
    }
  });

  test('the answers of an app in the same process have the URL they were asked from', async () => {
    const client = createClient({ fetch: async () => new Response('x') });
    const response = await client('http://app.test/a');
    expect([response.url, response.clone().url]).toEqual(['http://app.test/a', 'http://app.test/a']);
    const polled = await client.poll('http://app.test/a', { interval: 10 }).next();
    expect(polled.value?.url).toBe('http://app.test/a');
    expect((await client.create('http://app.test/a', {})).response.url).toBe('http://app.test/a');
  });
});
