import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import express from 'express';
import { startApache, startCaddy, startLighttpd, startNginx, type WebServer } from 'servers';
import { type Compression, startFixture } from '../../../tools/adapters.ts';
import { contentPath } from '../../conformance/src/fixture.ts';
import type { Peer } from '../../conformance/test/peers/answer.ts';
import * as expressPeer from '../../conformance/test/peers/express.ts';
import * as fastifyEtag from '../../conformance/test/peers/fastify-etag.ts';
import * as honoEtag from '../../conformance/test/peers/hono-etag.ts';
import * as koaEtag from '../../conformance/test/peers/koa-etag.ts';
import { frameworks } from './frameworks.ts';
import { proxies } from './in-front.ts';
import { listening } from './reference.ts';
import { FILE, root, type Subject, startProgram, TEXT, versionOf } from './subject.ts';

const ofServer = (server: WebServer) => ({
  url: `${server.url}/${FILE}`,
  version: server.version,
  stop: () => server.stop(),
});

/** A program of npm that serves a folder. */
const startFolder = (name: string, script: string, args: (port: number) => readonly string[]) =>
  startProgram({ name, script, args: (port) => [root, ...args(port)], path: FILE });

async function startExpressStatic() {
  const server = createServer(express().use(express.static(root)));
  const port = await listening(server);
  return { url: `http://127.0.0.1:${port}/${FILE}`, version: versionOf('express'), stop: () => void server.close() };
}

const path = contentPath({ body: TEXT });

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
    start: () => startFolder('serve', 'build/main.js', (port) => ['-l', `${port}`, '-L']),
  },
  {
    name: 'http-server',
    kind: 'file',
    start: () => startFolder('http-server', 'bin/http-server', (port) => ['-p', `${port}`, '-s']),
  },
  {
    name: 'sirv',
    kind: 'file',
    note: '--etag',
    start: () =>
      startFolder('sirv-cli', 'bin.js', (port) => ['--port', `${port}`, '--host', '127.0.0.1', '--etag', '-q']),
  },
  { name: 'express.static', kind: 'file', start: startExpressStatic },
  ...[expressPeer, fastifyEtag, koaEtag, honoEtag].map(ofPeer),
  ...frameworks,
  ofOurs('node', 'none'),
  ofOurs('express', 'inside'),
  ofOurs('fastify', 'outside'),
  ofOurs('koa', 'outside'),
  ofOurs('hono', 'inside'),
  ...proxies,
];
