import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from './eventually.ts';
import { areFree, PortTaken } from './ports.ts';
import type { LocalServer } from './server.ts';
import type { User } from './user.ts';

/** How a process is made. */
export interface Command {
  readonly file: string;
  readonly args: readonly string[];
  readonly env?: NodeJS.ProcessEnv | undefined;
  /** Whom it runs as, where that is not who runs the tests. */
  readonly user?: User | undefined;
  /** What else has to be killed with it, as a command of the shell. */
  readonly kill?: string;
}

/** What it takes to run a server. */
export interface Launch {
  /** The program's name, for messages and for its folder. */
  readonly name: string;
  /** What it listens on, its clients' port first. */
  readonly ports: readonly [number, ...number[]];
  /** Where it listens, as its drivers want it. */
  readonly url: string;
  /** Lays out the server's folder, and says how to run it there. */
  command(folder: string): Command | Promise<Command>;
  /** Rejects as long as the server does not answer. */
  ready(): Promise<unknown>;
  /** The signal that asks it to end. @default 'SIGTERM' */
  readonly end?: NodeJS.Signals;
  /** The signal by which it ends once its clients have left; what a driver has closed may be open here for a moment yet. */
  readonly leave?: NodeJS.Signals;
}

const LONGEST_START_MS = 30_000;
/** A test may leave a client behind, and does not have to wait for it. */
const LONGEST_LEAVE_MS = 500;
const LONGEST_END_MS = 10_000;

// No server outlives its tests, however they end. The server is the head of a group of processes, and in that group a
// shell reads from descriptor 3, whose other end is ours. A line is our word that the group has to go. The end of it
// without a line means that we are gone, perhaps killed: then the server's folder goes too.
const GUARDED = `
  kill=$1 folder=$2 orphan=; shift 2
  (
    read -r _ || orphan=yes
    eval "$kill"
    kill -s KILL "$$"
    # What the server had started may outlive it for a moment, and still write there.
    for pause in 0.1 0.2 0.5 1 2 4; do
      [ "$orphan" ] || break
      rm -rf "$folder" && break
      sleep "$pause"
    done
    kill -s KILL -- "-$$"
  ) <&3 >/dev/null 2>&1 &
  exec "$@" 3<&-`;

/**
 * Starts a server and waits until it answers.
 *
 * @returns the server; its folder is removed when it is stopped, or when this process has ended
 * @throws PortTaken when somebody else listens on its port
 * @throws Error with the end of its log, when it does not start
 */
export async function startProcess(launch: Launch): Promise<LocalServer> {
  const folder = mkdtempSync(join(tmpdir(), `${launch.name}-`));
  const remove = () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  let command: Command;
  let child: ChildProcess;
  try {
    command = await launch.command(folder);
    child = await run(launch, command, folder);
  } catch (error) {
    remove();
    throw error;
  }
  const end = (signal: NodeJS.Signals = launch.end ?? 'SIGTERM') => ended(child, signal);
  return {
    url: launch.url,
    port: launch.ports[0],
    kill: () => end('SIGKILL'),
    async stop() {
      if (launch.leave) await left(child, launch.leave);
      await end();
      remove();
    },
    async restart() {
      await end();
      // What a killed server leaves behind, such as a child at work, keeps the next one out until it has gone.
      child = await eventually(() => run(launch, command, folder), LONGEST_START_MS);
    },
  };
}

/** Makes the process, and waits until it answers. */
async function run(launch: Launch, command: Command, folder: string): Promise<ChildProcess> {
  await claim(launch);
  const log = join(folder, 'log');
  const child = spawnGuarded(command, folder, log);
  const gone = new AbortController();
  child.once('exit', () => gone.abort(new Error('it exited')));
  try {
    await once(child, 'spawn');
    await eventually(() => launch.ready(), LONGEST_START_MS, gone.signal);
    gone.signal.throwIfAborted();
    return child;
  } catch (cause) {
    await ended(child, 'SIGKILL');
    if (gone.signal.aborted) await claim(launch);
    throw new Error(`${launch.name} does not start. The end of its log:\n${lastLines(log)}`, { cause });
  }
}

async function claim({ name, ports }: Launch): Promise<void> {
  if (!(await areFree(ports)))
    throw new PortTaken(`${name} cannot listen on ${ports.join(' and ')}: somebody else does`);
}

function spawnGuarded({ file, args, env, user, kill: also = '' }: Command, folder: string, log: string): ChildProcess {
  const output = openSync(log, 'a');
  const child = spawn('sh', ['-c', GUARDED, 'sh', also, folder, file, ...args], {
    ...user,
    cwd: folder,
    env: { ...process.env, ...env },
    detached: true,
    stdio: ['ignore', output, output, 'pipe'],
  });
  closeSync(output);
  const guard = child.stdio[3] as Socket;
  guard.on('error', () => {});
  child.once('exit', () => kill(child));
  // Tests that forget their server end all the same.
  child.unref();
  guard.unref();
  return child;
}

function kill(child: ChildProcess): void {
  (child.stdio[3] as Socket).end('\n');
}

function isOver({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}

/** Gives the clients of a server a moment to leave. */
async function left(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (isOver(child)) return;
  child.ref();
  const exited = once(child, 'exit', { signal: AbortSignal.timeout(LONGEST_LEAVE_MS) });
  child.kill(signal);
  await exited.catch(() => {});
}

async function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (isOver(child)) return;
  child.ref();
  const exited = once(child, 'exit');
  if (signal === 'SIGKILL') kill(child);
  else child.kill(signal);
  const patience = setTimeout(kill, LONGEST_END_MS, child);
  await exited;
  clearTimeout(patience);
}

const lastLines = (log: string) => readFileSync(log, 'utf8').split('\n').slice(-20).join('\n');
