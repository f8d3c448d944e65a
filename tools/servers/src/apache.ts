import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Source } from './program.ts';
import { type Place, startWebServer, type WebServer } from './web-server.ts';

const SOURCE: Source = {
  names: ['apache2', 'httpd'],
  debian: 'apache2-bin',
  docker: 'httpd:2',
  advice: 'Install Apache (Debian: apache2-bin; Homebrew: httpd).',
};

/**
 * Apache, with one process that serves one request, and so one connection, at a time.
 *
 * @param modules - what it loads beside its core: `['proxy', 'proxy_http']`
 * @param configuration - what follows `Listen`, for a folder of its own
 * @throws Unavailable when the program is not available
 * @see https://httpd.apache.org/docs/2.4/
 */
export function startApache(modules: readonly string[], configuration: (folder: string) => string): Promise<WebServer> {
  return startWebServer(SOURCE, '-v', (place) => {
    const text = `${core(place, modules)}\n${configuration(place.folder)}\n`;
    writeFileSync(join(place.folder, 'apache.conf'), text);
    return ['-d', place.folder, '-f', 'apache.conf', '-X'];
  });
}

function core({ port, folder, file }: Place, modules: readonly string[]): string {
  const from = join(dirname(file), '../lib/apache2/modules');
  const load = ['mpm_prefork', 'authz_core', ...modules].map(
    (name) => `LoadModule ${name}_module ${from}/mod_${name}.so`,
  );
  return `
    ${load.join('\n')}
    Listen 127.0.0.1:${port}
    ServerName localhost
    PidFile ${folder}/pid
    ErrorLog /dev/stderr
    KeepAlive Off`;
}
