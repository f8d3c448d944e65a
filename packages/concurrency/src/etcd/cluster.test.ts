import { available, startEtcdCluster } from 'servers';
import { afterAll, expect, test } from 'vitest';
import { type Named, readAll, recordClient } from '../history/client.ts';
import { checkHistory, type Observation, type Operation } from '../history.ts';
import { etcdStore } from './index.ts';

const cluster = await available('etcdStore on three nodes', startEtcdCluster);
afterAll(() => cluster?.stop());
const nodes = cluster?.nodes ?? [];
const endpoints = nodes.map(({ url }) => url);
const prefix = 'history/';
const keys = Array.from({ length: 24 }, (_, key) => `${key}`);

/** The URL of the node that leads. */
async function leader(urls: readonly string[]): Promise<string | undefined> {
  for (const url of urls) {
    const response = await fetch(new URL('/v3/maintenance/status', url), { method: 'POST', body: '{}' });
    const { leader, header } = (await response.json()) as { leader: string; header: { member_id: string } };
    if (leader === header.member_id) return url;
  }
  return undefined;
}

/** What 12 clients do, a third of whom asks each node first. */
async function record(phase: string, heard?: () => void): Promise<Operation[]> {
  const clients = Array.from({ length: 12 }, (_, client) => {
    const first = client % endpoints.length;
    const ring = [...endpoints.slice(first), ...endpoints.slice(0, first)];
    const store = etcdStore<Named>({ endpoints: ring, prefix });
    return recordClient(store, { name: `${phase} ${client}`, keys, operations: 60, log: heard });
  });
  return (await Promise.all(clients)).flat();
}

const of = (kind: Observation['kind'], operations: Operation[]) =>
  operations.filter(({ outcome }) => outcome.kind === kind).length;

test.skipIf(!cluster)(
  'the leader is killed: no acknowledged write is lost, none is refused by mistake, and the others go on',
  async () => {
    const killed = await leader(endpoints);
    const node = nodes.find(({ url }) => url === killed);
    let heard = 0;
    let recording = Promise.resolve<Operation[]>([]);
    await new Promise<void>((underLoad) => {
      recording = record('during', () => ++heard === 300 && underLoad());
    });
    await node?.kill();
    const during = await recording;

    const others = endpoints.filter((url) => url !== killed);
    await expect.poll(() => leader(others), { timeout: 30_000 }).toBeDefined();
    const after = await record('after');
    expect(of('written', after)).toBeGreaterThan(0);
    expect(of('unknown', after) + of('failed', after)).toBe(0);

    await node?.restart();
    const last = await readAll(etcdStore<Named>({ endpoints: [`${killed}`], prefix }), { name: 'last', keys });
    expect(checkHistory([...during, ...after, ...last])).toEqual([]);
  },
  120_000,
);
