import { afterAll, describe, expect, it } from 'vitest';
import { startNginx } from './nginx.ts';
import { available } from './suite.ts';

const server = await available('nginx', () =>
  startNginx(
    (port) => `
      proxy_cache_path cache keys_zone=notes:1m;
      server {
        listen 127.0.0.1:${port};
        location /hello { return 200 'hello'; }
        location / {
          proxy_pass http://127.0.0.1:${port}/hello;
          proxy_cache notes;
          proxy_cache_valid 1m;
          add_header X-Cache $upstream_cache_status;
        }
      }`,
  ),
);
afterAll(() => server?.stop());

describe.skipIf(!server)('nginx', () => {
  const get = async (path: string) => {
    const response = await fetch(`${server?.url}${path}`);
    return [await response.text(), response.headers.get('X-Cache')];
  };

  it('serves what its configuration says, and writes to its own folder', async () => {
    expect(await get('/hello')).toEqual(['hello', null]);
    expect(await get('/cached')).toEqual(['hello', 'MISS']);
    expect(await get('/cached')).toEqual(['hello', 'HIT']);
  });

  it('comes back after a crash', async () => {
    await server?.kill();
    await expect(get('/hello')).rejects.toThrow('fetch failed');
    await server?.restart();
    expect(await get('/hello')).toEqual(['hello', null]);
  });
});
