import { afterAll, describe, expect, it } from 'vitest';
import type { Cluster } from './cluster.ts';
import { etcdLeader, startEtcd, startEtcdCluster } from './etcd.ts';
import { eventually } from './eventually.ts';
import type { LocalServer } from './server.ts';
import { available, killable } from './suite.ts';

const server = await killable('etcd', startEtcd);
const cluster = await available('etcd of three nodes', startEtcdCluster);
afterAll(() => Promise.all([server?.stop(), cluster?.stop()]));

async function call(url: string, method: string, body: object): Promise<Record<string, unknown>> {
  const init = { method: 'POST', body: JSON.stringify(body), signal: AbortSignal.timeout(10_000) };
  const response = await fetch(`${url}/v3/kv/${method}`, init);
  if (!response.ok) throw new Error(await response.text());
  return (await response.json()) as Record<string, unknown>;
}

const put = (url: string, key: string, value: string) => call(url, 'put', { key: btoa(key), value: btoa(value) });

async function get(url: string, key: string): Promise<string> {
  const { kvs } = (await call(url, 'range', { key: btoa(key) })) as { kvs: { value: string }[] };
  return atob(kvs[0]?.value ?? '');
}

describe.skipIf(!server)('etcd', () => {
  it('keeps what it acknowledged when it is killed', async () => {
    const { url, kill, restart } = server as LocalServer;
    await put(url, 'note', 'kept');
    await kill();
    await expect(get(url, 'note')).rejects.toThrow('fetch failed');
    await restart();
    expect(await get(url, 'note')).toBe('kept');
  });
});

describe.skipIf(!cluster)('etcd of three nodes', () => {
  it('serves on when its leader is killed, who comes back and learns what it missed', async () => {
    const { nodes } = cluster as Cluster;
    const first = await etcdLeader(cluster as Cluster);
    await put(first.url, 'note', 'one');
    await first.kill();
    const second = await eventually(() => etcdLeader(cluster as Cluster), 10_000);
    expect(nodes).toContain(second);
    expect(second).not.toBe(first);
    await put(second.url, 'note', 'two');
    await first.restart();
    expect(await Promise.all(nodes.map(({ url }) => get(url, 'note')))).toEqual(['two', 'two', 'two']);
  });
});
