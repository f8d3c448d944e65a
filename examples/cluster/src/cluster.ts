import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { startNginx } from 'servers';
import { balancer } from './balancer.ts';
import type { Tags } from './tags.ts';

/** A running node. */
export interface Node {
  framework: string;
  port: number;
  /** Ends it as a crash would. */
  kill(): Promise<void>;
}

/** Three nodes behind a balancer. */
export interface Cluster {
  nodes: readonly Node[];
  /** The balancer. */
  url: string;
  stop(): Promise<void>;
}

const program = fileURLToPath(new URL('node.ts', import.meta.url));

/** Starts the nodes on one table of one database, and nginx in front of them. */
export async function startCluster(tags: Tags, database: string, table: string): Promise<Cluster> {
  const starting = ['hono', 'express', 'fastify'].map((framework) => startNode(framework, [tags, database, table]));
  const started = await Promise.allSettled(starting);
  const nodes = started.flatMap((node) => (node.status === 'fulfilled' ? node.value : []));
  const stopNodes = () => Promise.all(nodes.map((node) => node.kill()));
  try {
    await Promise.all(starting);
    const nginx = await startNginx(balancer(nodes.map((node) => node.port)));
    return {
      nodes,
      url: nginx.url,
      async stop() {
        await Promise.all([nginx.stop(), stopNodes()]);
      },
    };
  } catch (error) {
    await stopNodes();
    throw error;
  }
}

async function startNode(framework: string, args: string[]): Promise<Node> {
  const child = fork(program, [framework, ...args], {
    env: { ...process.env, NODE_ENV: 'production' },
  });
  const ended = once(child, 'exit');
  const failed = ended.then(() => {
    throw new Error(`The node on ${framework} did not start: exit code ${child.exitCode}`);
  });
  const [port] = await Promise.race([once(child, 'message'), failed]);
  failed.catch(() => {});
  return { framework, port, kill: () => kill(child, ended) };
}

async function kill(child: ChildProcess, ended: Promise<unknown>): Promise<void> {
  child.kill('SIGKILL');
  await ended;
}
