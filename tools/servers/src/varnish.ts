import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { executable, path } from './path.ts';
import type { Source } from './program.ts';
import { Unavailable } from './server.ts';
import { startWebServer, type WebServer } from './web-server.ts';

const SOURCE: Source = {
  names: ['varnishd'],
  debian: 'varnish',
  docker: 'varnish:7',
  advice: 'Install Varnish (Debian: varnish; Homebrew: varnish).',
};

/**
 * Varnish.
 *
 * @param vcl - its configuration, after the line `vcl 4.1;`
 * @throws Unavailable when the program is not available, or no C compiler, which it builds its configuration with
 * @see https://varnish-cache.org/docs/7.1/reference/vcl.html
 */
export async function startVarnish(vcl: string): Promise<WebServer> {
  if (!executable(['cc', 'gcc'], path())) throw new Unavailable('Varnish needs a C compiler. Install gcc.');
  return startWebServer(SOURCE, '-V', ({ port, folder }) => {
    writeFileSync(join(folder, 'default.vcl'), `vcl 4.1;\n${vcl}\n`);
    // It needs no other user and no memory that cannot be swapped: it serves one test.
    const small = ['-j', 'none', '-s', 'malloc,8m', '-p', 'vsl_space=1m'];
    return ['-F', '-n', join(folder, 'work'), '-a', `127.0.0.1:${port}`, '-f', join(folder, 'default.vcl'), ...small];
  });
}
