import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Api } from '../../notes-suite/src/api.ts';

const decorators = new URL('../../../tools/decorators.mjs', import.meta.url).href;
const program = fileURLToPath(new URL('./server.ts', import.meta.url));

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

/** Starts a server process on a free port. */
async function start() {
  const server = spawn(process.execPath, ['--import', decorators, program], {
    env: { ...process.env, PORT: '0', DATABASE: join(folder, 'notes.sqlite') },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(server);
  const ended = once(server, 'exit').then(([code]) => [`the server ended with ${code}`]);
  const [line] = await Promise.race([once(createInterface(server.stdout), 'line'), ended]);
  expect(line).toMatch(/^listening on http:\/\/localhost:\d+$/);
  return {
    api: new Api(Number(line.split(':').at(-1))),
    async stop() {
      server.kill('SIGTERM');
      return (await ended)[0];
    },
  };
}

it('32 writers × 40 increments over HTTP, 2 server processes: 1,280 acknowledged, 0 lost', async () => {
  const servers = [await start(), await start()];
  const [first] = servers;
  const { path } = (await first?.api.create({ title: 'counter', text: '0' })) ?? { path: '' };
  let acknowledged = 0;
  let refused = 0;
  const increment = async (api: Api): Promise<void> => {
    const { etag, json } = await api.send('GET', path);
    const next = { title: 'counter', text: `${Number(json.text) + 1}` };
    const { status, text } = await api.send('PUT', path, { 'If-Match': etag }, next);
    if (status === 412) {
      refused++;
      await sleep(Math.random() * 100);
      return increment(api);
    }
    expect(status, text).toBe(200);
    acknowledged++;
  };
  const write = async (writer: number) => {
    for (let i = 0; i < 40; i++) await increment(servers[writer % servers.length]?.api as Api);
  };
  await Promise.all(Array.from({ length: 32 }, (_, writer) => write(writer)));
  const count = Number((await first?.api.send('GET', path))?.json.text);
  console.log(`2 × server: acknowledged ${acknowledged}, refused ${refused}, lost ${acknowledged - count}`);
  expect(await Promise.all(servers.map((server) => server.stop()))).toEqual(
    servers.map(() => 'the server ended with 0'),
  );
  expect([acknowledged, count]).toEqual([1280, 1280]);
  // Without collisions nothing would have been shown.
  expect(refused).toBeGreaterThan(0);
}, 120_000);
