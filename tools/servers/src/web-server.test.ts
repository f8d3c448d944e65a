import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, describe, expect, it } from 'vitest';
import { startApache } from './apache.ts';
import { startCaddy } from './caddy.ts';
import { startHaproxy } from './haproxy.ts';
import { optional } from './suite.ts';
import { startVarnish } from './varnish.ts';

const behind = createServer(({ url }, response) => response.end(`you asked for ${url}`)).listen(0, '127.0.0.1');
await once(behind, 'listening');
const target = `127.0.0.1:${(behind.address() as AddressInfo).port}`;
afterAll(() => behind.close());

const servers = {
  HAProxy: () => startHaproxy((port) => `listen all\n  bind 127.0.0.1:${port}\n  server application ${target}`),
  Varnish: () => startVarnish(`backend application { .host = "127.0.0.1"; .port = "${target.split(':')[1]}"; }`),
  Apache: () => startApache(['proxy', 'proxy_http'], () => `ProxyPass / http://${target}/`),
  Caddy: () => startCaddy(`reverse_proxy ${target}`),
};

for (const [name, start] of Object.entries(servers)) {
  const server = await optional(name, start);
  afterAll(() => server?.stop());

  describe.skipIf(!server)(name, () => {
    const get = async () => (await fetch(`${server?.url}/hello`)).text();

    it('passes a request on, as its configuration says', async () => {
      expect(await get()).toBe('you asked for /hello');
      expect(server?.version).toMatch(/^\d+\.\d+/);
    });

    it('comes back after a crash', async () => {
      await server?.kill();
      await expect(get()).rejects.toThrow('fetch failed');
      await server?.restart();
      expect(await get()).toBe('you asked for /hello');
    });
  });
}
