import { available, startEtcd } from 'servers';
import { afterAll, describe, expect, test } from 'vitest';
import { brokenLaws } from '../../test/broken-laws.ts';
import type { VersionedStore } from '../store.ts';
import { etcdStore } from './index.ts';

const server = await available('mutants of etcdStore', startEtcd);
afterAll(() => server?.stop());
// Where there is none, nobody asks it: its tests are left out.
const endpoints = [server?.url ?? 'http://127.0.0.1:2379'];

interface Txn {
  compare: Record<string, string>[];
  success: { request_put?: unknown }[];
  failure: object[];
}

interface Range {
  kvs?: { mod_revision: string; version: string }[] | undefined;
}

interface Answer {
  succeeded?: boolean;
  responses?: { response_range: Range }[];
}

async function post<R>(path: string, body: unknown): Promise<R> {
  const response = await fetch(new URL(path, endpoints[0]), { method: 'POST', body: JSON.stringify(body) });
  return (await response.json()) as R;
}

/** A store whose requests and answers are other ones. */
function altered({
  txn = (sent) => post('/v3/kv/txn', sent),
  range = (sent) => post<Range>('/v3/kv/range', sent),
}: {
  txn?: (sent: Txn) => Promise<unknown>;
  range?: (sent: object) => Promise<Range>;
}): VersionedStore<string, unknown> {
  const fetch = async (path: string | URL | Request, init?: RequestInit) => {
    const sent = JSON.parse(String(init?.body));
    return Response.json(await (String(path).endsWith('txn') ? txn(sent) : range(sent)));
  };
  return etcdStore({ endpoints, prefix: `${crypto.randomUUID()}/`, fetch });
}

const comparing = (alter: (compare: Record<string, string>) => Record<string, string>[]) =>
  altered({ txn: (sent) => post('/v3/kv/txn', { ...sent, compare: sent.compare.flatMap(alter) }) });

const counted = (found: Range | undefined): Range => ({
  kvs: found?.kvs?.map((key) => ({ ...key, mod_revision: key.version })),
});

/** A store whose versions are those that etcd counts for each key, instead of the revisions of the cluster. */
function counting(): VersionedStore<string, unknown> {
  return altered({
    async txn({ compare: [{ key, result, mod_revision: version } = {}], success, failure }) {
      const compare = [{ key, result, target: 'VERSION', version }];
      const body = { compare, success: [...success, { request_range: { key } }], failure };
      const { succeeded, responses = [] } = await post<Answer>('/v3/kv/txn', body);
      const found = counted(responses.at(-1)?.response_range);
      return { succeeded, header: { revision: found.kvs?.[0]?.version }, responses: [{ response_range: found }] };
    },
    range: async (sent) => counted(await post<Range>('/v3/kv/range', sent)),
  });
}

describe.skipIf(!server)('the contract catches a store that', () => {
  test('is altered nowhere: not at all', async () => {
    expect(await brokenLaws(altered({}), '')).toEqual([]);
    // All laws in one test; etcd waits for the disk at each write.
  }, 120_000);

  test.each<[mutation: string, law: string, store: VersionedStore<string, unknown>]>([
    ['drops the comparison', 'of 32 updates', comparing(() => [])],
    [
      'compares the revision of the creation',
      'put expecting oneOf(seen)',
      comparing(({ mod_revision = '', ...compare }) => [
        { ...compare, target: 'CREATE', create_revision: mod_revision },
      ]),
    ],
    [
      'takes a later revision as well',
      'of 32 updates',
      comparing((compare) => [
        { ...compare, ...(compare.mod_revision !== '0' && { result: 'LESS', mod_revision: `${2 ** 52}` }) },
      ]),
    ],
    [
      'takes no answer for a success',
      'of 32 creations',
      altered({ txn: async (sent) => ({ ...(await post<object>('/v3/kv/txn', sent)), succeeded: true }) }),
    ],
    [
      'deletes whatever is there',
      'delete expecting oneOf(seen), when another',
      altered({
        txn: (sent) => post('/v3/kv/txn', { ...sent, ...(!sent.success[0]?.request_put && { compare: [] }) }),
      }),
    ],
    ['counts versions from 1 after each delete', 'no old version fits', counting()],
  ])('%s', async (_, law, store) => {
    expect(await brokenLaws(store, law)).not.toEqual([]);
  });
});
