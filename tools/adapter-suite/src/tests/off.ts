import { expect, it } from 'vitest';
import type { Boot } from '../application.ts';
import { serve, serveOne } from '../client.ts';

/** Routes that an application leaves out. */
export function offTests(boot: Boot): void {
  it('has neither a tag nor a 304, and the others have both', async () => {
    const handle = () => ({ json: { text: 'content' } });
    const ask = await serve(boot, {
      resources: [
        { path: '/live', isOff: true, handle },
        { path: '/', handle },
      ],
    });
    const { etag } = await ask();
    expect(etag).not.toBe('');
    for (const headers of [{}, { 'if-none-match': etag }, { 'if-none-match': '*' }, { 'if-match': '"other"' }]) {
      const live = await ask(headers as Record<string, string>, 'GET', '/live');
      expect([live.status, live.etag, live.json()]).toEqual([200, '', { text: 'content' }]);
    }
    expect((await ask({ 'if-none-match': etag })).status).toBe(304);
  });

  it.each(['text', 'bytes', 'chunks'] as const)('sends %s as they are', async (kind) => {
    const bytes = new TextEncoder().encode('content');
    const contents = {
      text: () => ({ text: 'content' }),
      bytes: () => ({ bytes }),
      async *chunksOf() {
        yield bytes;
      },
      chunks: () => ({ chunks: contents.chunksOf() }),
    };
    const ask = await serveOne(boot, { isOff: true, handle: contents[kind] });
    const { status, text, etag } = await ask({ 'if-none-match': '*' });
    expect([status, text, etag]).toEqual([200, 'content', '']);
  });

  it('keeps the tag that its handler sets, and does not evaluate it', async () => {
    const handle = () => ({ text: 'content', headers: { ETag: '"v7"' } });
    const ask = await serveOne(boot, { isOff: true, handle });
    const { status, etag } = await ask({ 'if-none-match': '"v7"' });
    expect([status, etag]).toEqual([200, '"v7"']);
  });

  it('guards its writes as before', async () => {
    const current = () => ({ etag: '"v7"' }) as const;
    const ask = await serveOne(boot, { isOff: true, current, handle: () => ({ text: 'saved' }) });
    expect((await ask({ 'if-match': '"v6"' }, 'PUT')).status).toBe(412);
    expect((await ask({ 'if-match': '"v7"' }, 'PUT')).text).toBe('saved');
  });
}
