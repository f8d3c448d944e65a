import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { listening } from './reference.ts';

/** A server that is audited. */
export interface Subject {
  readonly name: string;
  /** Whether it serves a file, the content of a handler, or what is behind it. */
  readonly kind: 'file' | 'application' | 'proxy';
  /** How it is set up, where that is not its default. */
  readonly note?: string;
  /** @throws Unavailable where it cannot be had on this machine */
  start(): Promise<Started>;
}

/** A subject that runs. */
export interface Started {
  readonly url: string;
  readonly version: string;
  stop(): Promise<void> | void;
}

/** What a program of npm is started with. */
export interface NpmProgram {
  readonly name: string;
  /** Its script, within its package. */
  readonly script: string;
  args(port: number): readonly string[];
  /** What it is asked for. */
  readonly path: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** A folder with one file, whose time is not that of today. */
export const root = mkdtempSync(join(tmpdir(), 'origins-'));
process.once('exit', () => rmSync(root, { recursive: true, force: true }));

/** The file, and the text in it. */
export const FILE = 'note.json';
export const TEXT = 'hello '.repeat(600);

/** Writes the file into a folder. */
export function writeNote(folder: string): void {
  writeFileSync(join(folder, FILE), JSON.stringify({ text: TEXT }));
  utimesSync(join(folder, FILE), new Date('2024-05-01T10:00:00Z'), new Date('2024-05-01T10:00:00Z'));
}
writeNote(root);

const packageFolder = (name: string) => new URL(`../node_modules/${name}/`, import.meta.url);

/** The version of a package that is installed here. */
export function versionOf(name: string): string {
  return JSON.parse(readFileSync(new URL('package.json', packageFolder(name)), 'utf8')).version;
}

/** A port that was free just now. */
async function freePort(): Promise<number> {
  const server = createServer();
  const port = await listening(server);
  server.close();
  await once(server, 'close');
  return port;
}

async function answers(url: string): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    const isThere = await fetch(url).then(
      ({ ok }) => ok,
      () => false,
    );
    if (isThere) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`${url} does not answer`);
}

/** The file of a script in a package. */
export function scriptOf(name: string, script: string): string {
  return fileURLToPath(new URL(script, packageFolder(name)));
}

/** Starts a program of npm, and waits until it answers. */
export async function startProgram({ name, script, args, path, env }: NpmProgram): Promise<Started> {
  const port = await freePort();
  const child: ChildProcess = spawn(process.execPath, [scriptOf(name, script), ...args(port)], {
    stdio: 'ignore',
    env: { ...process.env, ...env },
  });
  const url = `http://127.0.0.1:${port}/${path}`;
  await answers(url);
  const stop = async () => {
    child.kill('SIGKILL');
    await once(child, 'exit');
  };
  return { url, version: versionOf(name), stop };
}
