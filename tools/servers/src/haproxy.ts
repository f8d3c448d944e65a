import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Source } from './program.ts';
import { startWebServer, type WebServer } from './web-server.ts';

const SOURCE: Source = {
  names: ['haproxy'],
  debian: 'haproxy',
  docker: 'haproxy:2.6',
  advice: 'Install HAProxy (Debian: haproxy; Homebrew: haproxy).',
};

/**
 * HAProxy.
 *
 * @param sections - its configuration for a port, without `global`: `listen notes` with `bind 127.0.0.1:${port}` and so on
 * @throws Unavailable when the program is not available
 * @see https://docs.haproxy.org/2.6/configuration.html
 */
export function startHaproxy(sections: (port: number) => string): Promise<WebServer> {
  return startWebServer(SOURCE, '-v', ({ port, folder }) => {
    writeFileSync(join(folder, 'haproxy.cfg'), `${DEFAULTS}\n${sections(port)}\n`);
    return ['-db', '-f', 'haproxy.cfg'];
  });
}

const DEFAULTS = `
defaults
  mode http
  timeout connect 5s
  timeout client 30s
  timeout server 30s`;
