import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import express from 'express';
import { startApache, startCaddy, startLighttpd, startNginx, type WebServer } from 'servers';
import { type Compression, startFixture } from '../../../tools/adapters.ts';
import { contentPath } from '../../conformance/src/fixture.ts';
import type { Peer } from '../../conformance/test/peers/answer.ts';
import * as expressPeer from '../../conformance/test/peers/express.ts';
import * as fastifyEtag from '../../conformance/test/peers/fastify-etag.ts';
import * as honoEtag from '../../conformance/test/peers/hono-etag.ts';
import * as koaEtag from '../../conformance/test/peers/koa-etag.ts';
import { listening } from './reference.ts';

/** A server that is audited. */
export interface Subject {
  readonly name: string;
  /** Whether it serves a file, or the content of a handler. */
  readonly kind: 'file' | 'application';
  /** How it is set up, where that is not its default. */
  readonly note?: string;
  start(): Promise<{ url: string; version: string; stop(): Promise<void> | void }>;
}

const root = mkdtempSync(join(tmpdir(), 'origins-'));
process.once('exit', () => rmSync(root, { recursive: true, force: true }));
const FILE = 'note.json';
writeFileSync(join(root, FILE), JSON.stringify({ text: 'hello '.repeat(600) }));
utimesSync(join(root, FILE), new Date('2024-05-01T10:00:00Z'), new Date('2024-05-01T10:00:00Z'));

const ofServer = (server: WebServer) => ({
  url: `${server.url}/${FILE}`,
  version: server.version,
  stop: () => server.stop(),
});

/** The version of a package that is installed here. */
function versionOf(name: string): string {
  const manifest = new URL(`../node_modules/${name}/package.json`, import.meta.url);
  return JSON.parse(readFileSync(manifest, 'utf8')).version;
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

/** A program of npm that serves a folder. */
async function startProgram(name: string, script: string, args: (port: number) => readonly string[]) {
  const port = await freePort();
  const program = fileURLToPath(new URL(`../node_modules/${name}/${script}`, import.meta.url));
  const child: ChildProcess = spawn(process.execPath, [program, root, ...args(port)], { stdio: 'ignore' });
  const url = `http://127.0.0.1:${port}/${FILE}`;
  await answers(url);
  const stop = async () => {
    child.kill('SIGKILL');
    await once(child, 'exit');
  };
  return { url, version: versionOf(name), stop };
}

async function startExpressStatic() {
  const server = createServer(express().use(express.static(root)));
  const port = await listening(server);
  return { url: `http://127.0.0.1:${port}/${FILE}`, version: versionOf('express'), stop: () => void server.close() };
}

const path = contentPath({ body: 'hello '.repeat(600) });

const ofPeer = ({ name, version, start }: Peer): Subject => ({
  name,
  kind: 'application',
  async start() {
    const { origin, close } = await start();
    return { url: origin + path, version, stop: close };
  },
});

const ofOurs = (name: string, mode: Compression): Subject => ({
  name: mode === 'none' ? `@etag/${name}` : `@etag/${name}, compressed`,
  kind: 'application',
  async start() {
    const { origin, close } = await startFixture(name, mode);
    return { url: origin + path, version: 'of this repository', stop: close };
  },
});

/** All that are audited. */
export const subjects: readonly Subject[] = [
  {
    name: 'nginx',
    kind: 'file',
    note: 'gzip on; gzip_types application/json',
    start: async () =>
      ofServer(
        await startNginx(
          (port) => `types { application/json json; } gzip on; gzip_types application/json;
          server { listen 127.0.0.1:${port}; root ${root}; }`,
        ),
      ),
  },
  {
    name: 'Apache',
    kind: 'file',
    note: 'AddOutputFilterByType DEFLATE application/json',
    start: async () =>
      ofServer(
        await startApache(['mime', 'filter', 'deflate'], (folder) => {
          writeFileSync(join(folder, 'mime.types'), 'application/json json\n');
          return `TypesConfig ${folder}/mime.types
            DocumentRoot ${root}
            <Directory ${root}>\nRequire all granted\n</Directory>
            AddOutputFilterByType DEFLATE application/json`;
        }),
      ),
  },
  { name: 'lighttpd', kind: 'file', start: async () => ofServer(await startLighttpd(root)) },
  {
    name: 'Caddy',
    kind: 'file',
    note: 'encode',
    start: async () => ofServer(await startCaddy(`root * ${root}\nfile_server\nencode gzip zstd`)),
  },
  {
    name: 'serve',
    kind: 'file',
    start: () => startProgram('serve', 'build/main.js', (port) => ['-l', `${port}`, '-L']),
  },
  {
    name: 'http-server',
    kind: 'file',
    start: () => startProgram('http-server', 'bin/http-server', (port) => ['-p', `${port}`, '-s']),
  },
  {
    name: 'sirv',
    kind: 'file',
    note: '--etag',
    start: () =>
      startProgram('sirv-cli', 'bin.js', (port) => ['--port', `${port}`, '--host', '127.0.0.1', '--etag', '-q']),
  },
  { name: 'express.static', kind: 'file', start: startExpressStatic },
  ...[expressPeer, fastifyEtag, koaEtag, honoEtag].map(ofPeer),
  ofOurs('node', 'none'),
  ofOurs('express', 'inside'),
  ofOurs('fastify', 'outside'),
  ofOurs('koa', 'outside'),
  ofOurs('hono', 'inside'),
];
