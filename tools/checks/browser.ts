import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { contentPath } from '../../packages/conformance/src/fixture.ts';
import { named, startFixture } from '../adapters.ts';
import { chromium, flags } from '../chromium.ts';

// A page of one origin reads from another twice, in a real browser. The second time the browser revalidates what it stored,
// gets a 304, and may hand it to the page only if the 304 says so: Access-Control-Allow-Origin must have stayed on it.
// Run: pnpm browser [ADAPTER…]

const path = contentPath({
  body: 'read across origins',
  fields: [
    ['Access-Control-Allow-Origin', '*'],
    ['Cache-Control', 'no-cache'],
  ],
});

/** Stands before a server, and sees what it answers. */
async function watch(target: string, seen: { status: number; allowed: string | undefined }[]): Promise<Server> {
  const server = createServer((incoming, outgoing) => {
    const forwarded = request(target + incoming.url, { method: incoming.method, headers: incoming.headers });
    forwarded.on('response', (response) => {
      const allowed = response.headers['access-control-allow-origin'];
      if (incoming.url === path) seen.push({ status: response.statusCode ?? 0, allowed });
      outgoing.writeHead(response.statusCode ?? 500, response.rawHeaders);
      response.pipe(outgoing);
    });
    incoming.pipe(forwarded);
  });
  return listening(server);
}

async function listening(server: Server): Promise<Server> {
  server.listen(0);
  await once(server, 'listening');
  return server;
}

const originOf = (server: Server) => `http://localhost:${(server.address() as AddressInfo).port}`;

/** What the browser makes of a page's text. */
async function browse(html: string): Promise<string> {
  const page = await listening(
    createServer((_, response) => response.setHeader('content-type', 'text/html').end(html)),
  );
  const profile = mkdtempSync(join(tmpdir(), 'browser-'));
  const { stdout } = await promisify(execFile)(
    chromium(),
    [...flags, `--user-data-dir=${profile}`, '--virtual-time-budget=10000', '--dump-dom', originOf(page)],
    { timeout: 60_000 },
  );
  page.close();
  rmSync(profile, { recursive: true, force: true });
  return stdout;
}

let failed = 0;
for (const name of named(process.argv.slice(2))) {
  const server = await startFixture(name);
  const seen: { status: number; allowed: string | undefined }[] = [];
  const watched = await watch(server.origin, seen);
  const url = JSON.stringify(originOf(watched) + path);
  const script = `(async () => {
    const read = async () => { const r = await fetch(${url}); return r.status + ' ' + (await r.text()); };
    try { document.body.textContent = await read() + ' | ' + await read(); } catch (e) { document.body.textContent = e; }
  })()`;
  const dom = await browse(`<!doctype html><body><script>${script}</script></body>`);
  const read = dom.includes('200 read across origins | 200 read across origins');
  const revalidated = seen.length === 2 && seen[1]?.status === 304 && seen[1].allowed === '*';
  console.log(`${read && revalidated ? 'ok  ' : 'FAIL'} @etag/${name}: ${seen.map(({ status }) => status).join(', ')}`);
  if (!read || !revalidated) {
    failed++;
    console.log(JSON.stringify(seen), dom);
  }
  watched.close();
  server.close();
}
process.exit(failed === 0 ? 0 : 1);
