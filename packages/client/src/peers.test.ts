import { describe, expect, test } from 'vitest';
import { peers } from '../test/peers.ts';
import { createClient } from './client.ts';

describe.each(Object.entries(peers))('%s', (name, start) => {
  test('answers the client 304 until its content changes', async () => {
    let content = 'the first content';
    const peer = await start(() => content);
    const client = createClient();
    const read = async () => (await client(`${peer.origin}/a`)).text();
    for (let i = 0; i < 3; i++) expect(await read()).toBe(content);
    content = 'the second content';
    for (let i = 0; i < 3; i++) expect(await read()).toBe(content);
    expect(client.stats()).toMatchObject([{ requests: 6, answers: { full: 2, 'not-modified': 4 }, mismatches: 0 }]);
    await peer.close();
  });

  test('and the fetch of Node, of itself', async () => {
    const peer = await start(() => 'content');
    const first = await fetch(`${peer.origin}/a`);
    await first.text();
    const again = await fetch(`${peer.origin}/a`, { headers: { 'If-None-Match': first.headers.get('etag') ?? '' } });
    await again.text();
    const refused = name === 'Express 5' || name.startsWith('Koa');
    expect(again.status).toBe(refused ? 200 : 304);
    await peer.close();
  });
});
