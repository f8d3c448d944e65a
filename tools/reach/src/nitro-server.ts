import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build, createNitro, prepare } from 'nitro';

// Built for production, and loaded: a process of its own, as that of Astro.
const folder = mkdtempSync(join(tmpdir(), 'nitro-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
const nitro = await createNitro({
  rootDir: fileURLToPath(new URL('../fixtures/nitro', import.meta.url)),
  preset: 'node-middleware',
  compatibilityDate: '2026-01-01',
  buildDir: join(folder, 'build'),
  output: { dir: join(folder, 'output') },
  logLevel: 1,
});
await prepare(nitro);
await build(nitro);
await nitro.close();
const { middleware } = await import(pathToFileURL(join(folder, 'output/server/index.mjs')).href);
const server = createServer(middleware).listen(0);
await once(server, 'listening');
console.log('port', (server.address() as AddressInfo).port);
