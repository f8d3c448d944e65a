import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Source } from './program.ts';
import { startWebServer, type WebServer } from './web-server.ts';

const SOURCE: Source = {
  names: ['nginx'],
  debian: 'nginx',
  docker: 'nginx:1',
  advice: 'Install nginx (Debian: nginx; Homebrew: nginx).',
};

/**
 * nginx.
 *
 * @param http - the content of the `http` block for a port: `server { listen 127.0.0.1:${port}; … }`; paths in it are
 *   relative to a folder of its own
 * @throws Unavailable when the program is not available
 * @see https://nginx.org/en/docs/http/ngx_http_core_module.html
 */
export function startNginx(http: (port: number) => string): Promise<WebServer> {
  return startWebServer(SOURCE, '-v', ({ port, folder }) => {
    writeFileSync(join(folder, 'nginx.conf'), configuration(http(port)));
    return ['-p', folder, '-c', 'nginx.conf', '-e', 'stderr'];
  });
}

function configuration(http: string): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${name};`);
  // Its workers are not to run as another user, to whom its folder is closed.
  const user = process.getuid?.() === 0 ? 'user root root;' : '';
  return `${user} daemon off; pid pid; events {} http { access_log off; ${temporary.join(' ')}\n${http}\n}`;
}
