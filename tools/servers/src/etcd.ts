import { arch } from 'node:os';
import { type Cluster, startCluster } from './cluster.ts';
import { freePort, onFreePorts } from './ports.ts';
import { startProcess } from './process.ts';
import { findProgram, type Program, type Source } from './program.ts';
import { type LocalServer, named, type Server } from './server.ts';

const SOURCE: Source = {
  names: ['etcd'],
  debian: 'etcd-server',
  docker: 'quay.io/coreos/etcd:v3.5.17',
  advice: 'Install etcd (Debian: etcd-server; Homebrew: etcd), or name a server in ETCD_URL.',
};

/**
 * etcd, of one node; or the server that ETCD_URL names.
 *
 * @throws Unavailable when the program is not available
 */
export async function startEtcd(): Promise<Server> {
  const given = named('ETCD_URL');
  if (given) return given;
  const { nodes } = await startEtcdCluster(1);
  return nodes[0] as LocalServer;
}

/**
 * etcd, of several nodes, each of which can be killed and restarted. A node answers only while more than half of them run.
 *
 * @throws Unavailable when the program is not available
 * @see https://etcd.io/docs/v3.4/op-guide/clustering/
 */
export async function startEtcdCluster(size = 3): Promise<Cluster> {
  const program = await findProgram(SOURCE);
  return onFreePorts(async () => {
    const members: Member[] = [];
    while (members.length < size) members.push({ client: await freePort(), peer: await freePort() });
    return startCluster(members.map((member) => startNode(program, member, members)));
  });
}

/**
 * The node of an etcd cluster that leads.
 *
 * @throws when none does at the moment
 */
export async function etcdLeader({ nodes }: Cluster): Promise<LocalServer> {
  const said = await Promise.allSettled(nodes.map(({ url }) => leads(url)));
  const leader = nodes.find((_, i) => said[i]?.status === 'fulfilled' && said[i].value);
  if (!leader) throw new Error('No node of the etcd cluster leads.');
  return leader;
}

/** @see https://etcd.io/docs/v3.4/dev-guide/api_reference_v3/ - StatusResponse */
async function leads(url: string): Promise<boolean> {
  const init = { method: 'POST', body: '{}', signal: AbortSignal.timeout(2_000) };
  const answer = await fetch(`${url}/v3/maintenance/status`, init);
  const status = (await answer.json()) as { header: { member_id: string }; leader: string };
  return status.leader === status.header.member_id;
}

interface Member {
  readonly client: number;
  readonly peer: number;
}

function startNode(program: Program, { client, peer }: Member, members: readonly Member[]): Promise<LocalServer> {
  const flags = (folder: string) => [
    `--name=${client}`,
    `--data-dir=${folder}/data`,
    `--listen-client-urls=${urlOf(client)}`,
    `--advertise-client-urls=${urlOf(client)}`,
    `--listen-peer-urls=${urlOf(peer)}`,
    `--initial-advertise-peer-urls=${urlOf(peer)}`,
    `--initial-cluster=${members.map((member) => `${member.client}=${urlOf(member.peer)}`).join(',')}`,
  ];
  return startProcess({
    name: 'etcd',
    ports: [client, peer],
    url: urlOf(client),
    command(folder) {
      const command = program.command(folder, [program.file, ...flags(folder)]);
      // Before 3.5 it runs on ARM only when told so.
      return { ...command, env: { ...command.env, ETCD_UNSUPPORTED_ARCH: arch() } };
    },
    ready: () => healthy(urlOf(client)),
    // Asked to end, a leader first looks for another, and all of them are asked at once.
    end: 'SIGKILL',
  });
}

const urlOf = (port: number) => `http://127.0.0.1:${port}`;

/** It answers reads that all nodes agree on. */
async function healthy(url: string): Promise<void> {
  const response = await fetch(`${url}/health`, { signal: AbortSignal.timeout(5_000) });
  const { health } = (await response.json()) as { health: string };
  if (health !== 'true') throw new Error(`${url}/health says ${health}`);
}
