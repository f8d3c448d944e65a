import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Source } from './program.ts';
import { startWebServer, type WebServer } from './web-server.ts';

const SOURCE: Source = {
  names: ['caddy'],
  debian: 'caddy',
  docker: 'caddy:2',
  advice: 'Install Caddy (Debian: caddy; Homebrew: caddy).',
};

/**
 * Caddy, without TLS and without its administration.
 *
 * @param site - the content of its site block: `reverse_proxy 127.0.0.1:3000`
 * @throws Unavailable when the program is not available
 * @see https://caddyserver.com/docs/caddyfile
 */
export function startCaddy(site: string): Promise<WebServer> {
  return startWebServer(SOURCE, 'version', ({ port, folder }) => {
    const options = `{\n\tadmin off\n\tauto_https off\n\tstorage file_system ${folder}\n}`;
    const address = `http://127.0.0.1:${port} {\n\tbind 127.0.0.1\n`;
    writeFileSync(join(folder, 'Caddyfile'), `${options}\n${address}${site}\n}\n`);
    return ['run', '--config', 'Caddyfile', '--adapter', 'caddyfile'];
  });
}
