import { ask } from './ask.ts';
import { type Cluster, startCluster } from './cluster.ts';
import { eventually } from './eventually.ts';
import { freePort, onFreePorts } from './ports.ts';
import { startProcess } from './process.ts';
import { findProgram, type Program, type Source } from './program.ts';
import { type LocalServer, named, type Server } from './server.ts';

/** Lines of a Redis's configuration. */
export type RedisSettings = Readonly<Record<string, string | number>>;

const SOURCE: Source = {
  names: ['redis-server', 'valkey-server'],
  debian: 'redis-server',
  docker: 'redis:7',
  advice: 'Install Redis or Valkey (Debian: redis-server; Homebrew: redis), or name a server in REDIS_URL.',
};

// Every write is in the log on the disk before it is acknowledged.
const DURABLE = { bind: '127.0.0.1', appendonly: 'yes', appendfsync: 'always', save: '' };

/**
 * Redis or Valkey, which keeps every acknowledged write when it is killed; or the one that REDIS_URL names.
 *
 * @param settings - such as `{ appendfsync: 'everysec' }`
 * @throws Unavailable when the program is not available
 * @see https://redis.io/docs/latest/operate/oss_and_stack/management/persistence/
 */
export async function startRedis(settings: RedisSettings = {}): Promise<Server> {
  const given = named('REDIS_URL');
  if (given) return given;
  const program = await findProgram(SOURCE);
  return onFreePorts(async () => start(program, [await freePort()], settings));
}

/**
 * A Redis Cluster of masters alone, which share the slots.
 *
 * @throws Unavailable when the program is not available
 * @see https://redis.io/docs/latest/operate/oss_and_stack/reference/cluster-spec/
 */
export async function startRedisCluster(size = 3): Promise<Cluster> {
  const program = await findProgram(SOURCE);
  return onFreePorts(async () => {
    const members: Member[] = [];
    while (members.length < size) members.push([await freePort(), await freePort()]);
    const settings = ([, bus]: Member) => ({ 'cluster-enabled': 'yes', 'cluster-port': bus });
    const cluster = await startCluster(members.map((member) => start(program, member, settings(member))));
    await unite(members);
    return cluster;
  });
}

function start(program: Program, ports: readonly [number, ...number[]], settings: RedisSettings): Promise<LocalServer> {
  const [port] = ports;
  return startProcess({
    name: 'redis-server',
    ports,
    url: `redis://127.0.0.1:${port}`,
    command: (folder) => program.command(folder, [program.file, ...flags({ port, ...DURABLE, ...settings })]),
    ready: () => pong(port),
  });
}

/** While it loads its data it answers, but with an error. */
async function pong(port: number): Promise<void> {
  const answer = await ask(port, 'PING\r\n', /\r\n$/);
  if (answer !== '+PONG\r\n') throw new Error(answer);
}

const flags = (settings: RedisSettings) =>
  Object.entries(settings).flatMap(([name, value]) => [`--${name}`, `${value}`]);

/** The port for clients, and the one for the other nodes. */
type Member = readonly [port: number, bus: number];

const SLOTS = 16_384;

/** Shares out the slots, introduces everybody to everybody, and waits until all know. */
async function unite(members: readonly Member[]): Promise<void> {
  const share = SLOTS / members.length;
  for (const [i, [port]] of members.entries()) {
    await command(port, `CLUSTER ADDSLOTSRANGE ${Math.ceil(i * share)} ${Math.ceil((i + 1) * share) - 1}`);
    for (const [other, bus] of members) await command(port, `CLUSTER MEET 127.0.0.1 ${other} ${bus}`);
  }
  const united = new RegExp(`cluster_state:ok\r\n[^]*cluster_known_nodes:${members.length}\r\n`);
  for (const [port] of members)
    await eventually(async () => {
      const info = await command(port, 'CLUSTER INFO');
      if (!united.test(info)) throw new Error(`the cluster is not whole:\n${info}`);
    }, 30_000);
}

/** @returns the answer; the PONG behind it tells where it ends */
async function command(port: number, line: string): Promise<string> {
  const answer = await ask(port, `${line}\r\nPING\r\n`, /\+PONG\r\n$/);
  if (answer.startsWith('-')) throw new Error(`${line}: ${answer}`);
  return answer;
}
