import { setTimeout as wait } from 'node:timers/promises';
import { etcdStore } from '@etag/concurrency/etcd';
import { type Cluster, etcdLeader, startEtcdCluster, startProxy } from 'servers';
import type { Engine } from '../engine.ts';
import { lostAnswers } from '../faults.ts';

export const engine: Engine = {
  async start() {
    const cluster = await startEtcdCluster(3);
    const { nodes, stop } = cluster;
    const proxies = await Promise.all(nodes.map(({ port }) => startProxy(port)));
    const { etcdserver } = (await (await fetch(`${nodes[0]?.url}/version`)).json()) as { etcdserver: string };
    return {
      url: proxies.map(({ port }) => `http://127.0.0.1:${port}`).join(','),
      version: `etcd ${etcdserver}, 3 nodes`,
      faults: [
        {
          name: 'kill -9 of the leader, and a restart',
          async inject() {
            const leader = await etcdLeader(cluster);
            await leader.kill();
            await anotherLeader(cluster);
            await leader.restart();
          },
        },
        lostAnswers(proxies, (bytes) => bytes.includes('/v3/kv/txn')),
      ],
      async stop() {
        await Promise.all(proxies.map((proxy) => proxy.close()));
        await stop();
      },
    };
  },
  async open(url) {
    const endpoints = url.split(',');
    const base64 = (text: string) => Buffer.from(text).toString('base64');
    return {
      store: etcdStore({ endpoints, prefix: 'proof/' }),
      async overwrite(key, json) {
        const body = JSON.stringify({ key: base64(`proof/${key}`), value: base64(json) });
        await (await fetch(`${endpoints[0]}/v3/kv/put`, { method: 'POST', body })).json();
      },
      close: () => {},
    };
  },
};

/** Waits until those that are left have elected one. */
async function anotherLeader(cluster: Cluster): Promise<void> {
  while (!(await etcdLeader(cluster).catch(() => null))) await wait(50);
}
