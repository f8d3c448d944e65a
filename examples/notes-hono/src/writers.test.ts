import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { race } from './writers.ts';

let folder: string;
let children: ChildProcess[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'notes-'));
  children = [];
});
afterEach(() => {
  for (const child of children) child.kill('SIGKILL');
  rmSync(folder, { recursive: true });
});

/** Starts the server as `pnpm start` does: a process of its own, on a free port. */
async function start() {
  const server = spawn(process.execPath, [fileURLToPath(new URL('./server.ts', import.meta.url))], {
    env: { ...process.env, PORT: '0', DATABASE: join(folder, 'notes.sqlite') },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(server);
  const ended = once(server, 'exit').then(([code]) => [`the server ended with ${code}`]);
  const [line] = await Promise.race([once(createInterface(server.stdout), 'line'), ended]);
  expect(line).toMatch(/^listening on http:\/\/localhost:\d+$/);
  return {
    port: Number(line.split(':').at(-1)),
    async stop() {
      server.kill('SIGTERM');
      return (await ended)[0];
    },
  };
}

it.each([1, 2])(
  '32 writers × 40 increments over HTTP, %i server processes: 1,280 acknowledged, 0 lost',
  async (count) => {
    const servers = await Promise.all(Array.from({ length: count }, start));
    const ports = servers.map((server) => server.port);
    const result = await race(ports, { writers: 32, increments: 40 });
    const lost = result.acknowledged - result.count;
    console.log(`${count} × server: acknowledged ${result.acknowledged}, refused ${result.refused}, lost ${lost}`);
    expect(await Promise.all(servers.map((server) => server.stop()))).toEqual(
      servers.map(() => 'the server ended with 0'),
    );
    expect([result.acknowledged, result.count]).toEqual([1280, 1280]);
    // Without collisions nothing would have been shown.
    expect(result.refused).toBeGreaterThan(0);
  },
  120_000,
);
