import { etcdStore } from '@etag/concurrency/etcd';
import { startEtcdCluster, startProxy } from 'servers';
import type { Engine } from '../engine.ts';
import { lostAnswers } from '../faults.ts';

export const engine: Engine = {
  async start() {
    const { nodes, stop } = await startEtcdCluster(3);
    const proxies = await Promise.all(nodes.map(({ port }) => startProxy(port)));
    const { etcdserver } = (await (await fetch(`${nodes[0]?.url}/version`)).json()) as { etcdserver: string };
    return {
      url: proxies.map(({ port }) => `http://127.0.0.1:${port}`).join(','),
      version: `etcd ${etcdserver}, 3 nodes`,
      faults: [
        {
          name: 'kill -9 of the leader, and a restart',
          async inject() {
            const leader = nodes[await leaderOf(nodes.map(({ url }) => url))];
            await leader?.kill();
            // The others elect another meanwhile.
            await new Promise((resolve) => setTimeout(resolve, 2_000));
            await leader?.restart();
          },
        },
        ...proxies.map((proxy) => lostAnswers(proxy, (bytes) => bytes.includes('/v3/kv/txn'))),
      ],
      async stop() {
        await Promise.all(proxies.map((proxy) => proxy.close()));
        await stop();
      },
    };
  },
  async open(url) {
    return { store: etcdStore({ endpoints: url.split(','), prefix: 'proof/' }), close: () => {} };
  },
};

/** The index of the node that leads. */
async function leaderOf(urls: readonly string[]): Promise<number> {
  const leads = await Promise.all(
    urls.map(async (url) => {
      const response = await fetch(`${url}/v3/maintenance/status`, { method: 'POST', body: '{}' });
      const { leader, header } = (await response.json()) as { leader: string; header: { member_id: string } };
      return leader === header.member_id;
    }),
  );
  return leads.indexOf(true);
}
