import { afterAll, describe, expect, it } from 'vitest';
import { ask } from './ask.ts';
import { startRedis, startRedisCluster } from './redis.ts';
import type { LocalServer } from './server.ts';
import { available, killable } from './suite.ts';

const server = await killable('Redis', startRedis);
const cluster = await available('Redis Cluster', startRedisCluster);
afterAll(() => Promise.all([server?.stop(), cluster?.stop()]));

const say = (port: number, ...lines: string[]) =>
  ask(port, [...lines, 'PING', ''].join('\r\n'), /\+PONG\r\n$/).then((answer) => answer.split('\r\n').slice(0, -2));

describe.skipIf(!server)('Redis', () => {
  it('keeps what it acknowledged when it is killed', async () => {
    const { port, kill, restart } = server as LocalServer;
    expect(await say(port, 'SET note kept')).toEqual(['+OK']);
    await kill();
    await expect(say(port, 'GET note')).rejects.toThrow('ECONNREFUSED');
    await restart();
    expect(await say(port, 'GET note')).toEqual(['$4', 'kept']);
  });

  it('keeps its data when it is restarted while it runs', async () => {
    const { port, restart } = server as LocalServer;
    await say(port, 'SET note again');
    await restart();
    expect(await say(port, 'GET note')).toEqual(['$5', 'again']);
  });

  it('is set up as told', async () => {
    const other = await startRedis({ appendfsync: 'everysec' });
    const port = Number(new URL(other.url).port);
    expect(await say(port, 'CONFIG GET appendfsync')).toContain('everysec');
    await other.stop();
    await expect(say(port)).rejects.toThrow('ECONNREFUSED');
  });
});

describe.skipIf(!cluster)('Redis Cluster', () => {
  const ports = cluster?.nodes.map(({ port }) => port) ?? [];

  it('has one master for a key, which the others name', async () => {
    const answers = await Promise.all(ports.map((port) => say(port, 'SET note 1')));
    const [moved = ''] = answers.flat().filter((answer) => answer.startsWith('-MOVED'));
    expect(answers.flat().sort()).toEqual(['+OK', moved, moved].sort());
    expect(ports).toContain(Number(moved.split(':')[1]));
  });

  it('has its node back after a crash', async () => {
    const [first] = cluster?.nodes ?? [];
    await first?.kill();
    await first?.restart();
    expect(await say(ports[0] ?? 0, 'CLUSTER INFO')).toContain('cluster_known_nodes:3');
  });
});
