import { once } from 'node:events';
import { globSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';

const dist = fileURLToPath(new URL('../dist/', import.meta.url));

/** The path that the site was built for, with a slash at its end. */
const base = (process.env.SITE_BASE ?? '/').replace(/\/?$/, '/');

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
  '.wasm': 'application/wasm',
};

/**
 * Lists the pages of the built site.
 *
 * @returns their addresses below the base, such as `guides/cors/`
 */
export function pagesOf(): string[] {
  const files = globSync('**/*.html', { cwd: dist }).map((file) => file.replaceAll('\\', '/'));
  return files.map((file) => file.replace(/(^|\/)index\.html$/, '$1')).sort();
}

/** The file of an address; null if the site has none. */
async function read(pathname: string): Promise<{ file: string; content: Buffer } | null> {
  if (!pathname.startsWith(base)) return null;
  const path = decodeURIComponent(pathname.slice(base.length)).replace(/(^|\/)$/, '$1index.html');
  const content = await readFile(dist + path).catch(() => null);
  return content && { file: path, content };
}

/**
 * Serves the built site on this machine.
 *
 * @returns the address of its front page, and what ends it
 */
export async function serve(): Promise<{ origin: string; close(): void }> {
  const server = createServer(async (request, response) => {
    const found = await read(new URL(request.url ?? '/', 'http://site').pathname);
    response.statusCode = found ? 200 : 404;
    response.setHeader('content-type', TYPES[extname(found?.file ?? '')] ?? 'application/octet-stream');
    response.end(found?.content);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}${base}`,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
