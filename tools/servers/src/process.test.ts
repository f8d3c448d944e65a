import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ask, listens } from './ask.ts';
import { eventually } from './eventually.ts';
import { freePort, onFreePorts, PortTaken } from './ports.ts';
import { type Launch, startProcess } from './process.ts';
import type { LocalServer } from './server.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'servers-'));
  // As /tmp is: for servers that run as another user.
  chmodSync(folder, 0o1777);
  vi.stubEnv('TMPDIR', folder);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

const gone = (port: number) => eventually(() => expect(listens(port)).rejects.toThrow('ECONNREFUSED'), 10_000);

/** A program of Node as a server. */
const launch = (port: number, program: string): Launch => ({
  name: 'program',
  ports: [port],
  url: `tcp://127.0.0.1:${port}`,
  command: () => ({ file: process.execPath, args: ['--eval', program] }),
  ready: () => listens(port),
});

const start = (port: number, program: string) => startProcess(launch(port, program));

/** A program that greets. Who only looks whether it listens has left by then, and resets the connection. */
const listening = (port: number) =>
  `net.createServer((socket) => socket.on('error', () => {}).end('hello')).listen(${port}, '127.0.0.1');`;

/** A program that exits when it sees that somebody else listens. */
const givesUpOn = (port: number) =>
  `setInterval(() => net.connect(${port}, '127.0.0.1').on('connect', () => process.exit(1)).on('error', () => {}), 20)`;

async function occupied(server: Server, port: number): Promise<never> {
  if (!server.listening) await once(server.listen(port, '127.0.0.1'), 'listening');
  throw new Error('not yet');
}

describe('startProcess', () => {
  it('starts, stops, and leaves no folder', async () => {
    const port = await freePort();
    const server = await start(port, listening(port));
    expect(await ask(port, '', /hello/)).toBe('hello');
    expect(readdirSync(folder)).toEqual([expect.stringMatching(/^program-/)]);
    await server.stop();
    await gone(port);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('kills a server that does not stop', async () => {
    const port = await freePort();
    const server = await start(port, `process.on('SIGTERM', () => {}); ${listening(port)}`);
    vi.useFakeTimers({ toFake: ['setTimeout'] });
    const stopped = server.stop();
    vi.runAllTimers();
    vi.useRealTimers();
    await stopped;
    await gone(port);
  });

  it('says at what a server failed', async () => {
    const port = await freePort();
    const failing = "console.log('Reading my configuration'); console.error('Line 7 is wrong'); process.exit(1)";
    await expect(start(port, failing)).rejects.toThrow(/program does not start.*Reading my.*\n.*Line 7 is wrong/s);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('says what program is missing', async () => {
    const missing = { ...launch(await freePort(), ''), command: () => ({ file: join(folder, 'missing'), args: [] }) };
    await expect(startProcess(missing)).rejects.toThrow(/missing: (not found|No such file)/);
  });

  it('takes another port when somebody listens on the first, or begins to meanwhile', async () => {
    const [first, second, third] = [await freePort(), await freePort(), await freePort()];
    const other = createServer((socket) => socket.end());
    const another = createServer((socket) => socket.end());
    await once(other.listen(first, '127.0.0.1'), 'listening');
    const starts = [
      () => start(first, listening(first)),
      () => startProcess({ ...launch(second, givesUpOn(second)), ready: () => occupied(another, second) }),
      () => start(third, listening(third)),
    ];
    const server = await onFreePorts(() => (starts.shift() as () => Promise<LocalServer>)());
    expect(server.port).toBe(third);
    await server.stop();
    other.close();
    another.close();
  });

  it('gives up when no port is left for it', async () => {
    const start = vi.fn(() => Promise.reject(new PortTaken('taken')));
    await expect(onFreePorts(start)).rejects.toThrow(PortTaken);
    expect(start).toHaveBeenCalledTimes(3);
  });
});

// The time is for what is not installed, and has to be downloaded first.
describe('a process that forgets its servers', { timeout: 120_000 }, () => {
  const script = (name: string) => fileURLToPath(new URL(`../test/${name}`, import.meta.url));
  const forgetful = (...args: string[]) =>
    spawn(process.execPath, [script('forgetful.ts'), ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
  const portsOf = async (child: ChildProcess) =>
    JSON.parse(String((await once(child.stdout as Readable, 'data'))[0])) as number[];

  it('ends, and they with it', async () => {
    const child = forgetful();
    const exited = once(child, 'exit');
    const ports = await portsOf(child);
    expect(await exited).toEqual([0, null]);
    await Promise.all(ports.map(gone));
    await eventually(async () => expect(readdirSync(folder)).toEqual([]), 10_000);
  });

  it('takes them along when it is killed', async () => {
    const child = forgetful('stay');
    const ports = await portsOf(child);
    await Promise.all(ports.map(listens));
    child.kill('SIGKILL');
    await Promise.all(ports.map(gone));
    await eventually(async () => expect(readdirSync(folder)).toEqual([]), 10_000);
  });

  it('leaves no folder, although what they had started still writes there', async () => {
    const child = spawn(process.execPath, [script('untidy.ts')], { stdio: 'inherit' });
    expect(await once(child, 'exit')).toEqual([null, 'SIGKILL']);
    await eventually(async () => expect(readdirSync(folder)).toEqual([]), 10_000);
  });
});
