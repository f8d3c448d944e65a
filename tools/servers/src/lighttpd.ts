import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Source } from './program.ts';
import { startWebServer, type WebServer } from './web-server.ts';

const SOURCE: Source = {
  names: ['lighttpd'],
  debian: 'lighttpd',
  docker: 'sebp/lighttpd',
  advice: 'Install lighttpd (Debian: lighttpd; Homebrew: lighttpd).',
};

/**
 * lighttpd, which serves the files of a folder.
 *
 * @param root - the folder
 * @throws Unavailable when the program is not available
 * @see https://redmine.lighttpd.net/projects/lighttpd/wiki
 */
export function startLighttpd(root: string): Promise<WebServer> {
  return startWebServer(SOURCE, '-v', ({ port, folder, file }) => {
    const lines = [
      `server.document-root = "${root}"`,
      `server.port = ${port}`,
      'server.bind = "127.0.0.1"',
      'mimetype.assign = ( ".json" => "application/json" )',
    ];
    writeFileSync(join(folder, 'lighttpd.conf'), `${lines.join('\n')}\n`);
    return ['-D', '-f', 'lighttpd.conf', '-m', join(file, '../../lib/lighttpd')];
  });
}
