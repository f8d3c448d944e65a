import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { LocalServer } from 'servers';
import { listens } from '../../../tools/servers/src/ask.ts';
import { freePort, onFreePorts } from '../../../tools/servers/src/ports.ts';
import { startProcess } from '../../../tools/servers/src/process.ts';
import { findProgram } from '../../../tools/servers/src/program.ts';

/** Apache with mod_dav: files that can be read and written, with one request at a time, since its check and its write are two steps. */
export async function startApache(): Promise<LocalServer> {
  const program = await findProgram({
    names: ['apache2', 'httpd'],
    debian: 'apache2-bin',
    docker: 'httpd:2',
    advice: 'Install Apache (Debian: apache2-bin).',
  });
  const modules = join(dirname(program.file), '../lib/apache2/modules');
  return onFreePorts(async () => {
    const port = await freePort();
    return startProcess({
      name: 'apache',
      ports: [port],
      url: `http://127.0.0.1:${port}`,
      command(folder) {
        mkdirSync(join(folder, 'files'));
        writeFileSync(join(folder, 'apache.conf'), configuration(folder, modules, port));
        return program.command(folder, [program.file, '-d', folder, '-f', 'apache.conf', '-X']);
      },
      ready: () => listens(port),
    });
  });
}

function configuration(folder: string, modules: string, port: number): string {
  const load = ['mpm_prefork', 'authz_core', 'dav', 'dav_fs'];
  return `
    ${load.map((name) => `LoadModule ${name}_module ${modules}/mod_${name}.so`).join('\n')}
    Listen 127.0.0.1:${port}
    ServerName localhost
    PidFile ${folder}/pid
    ErrorLog /dev/stderr
    DavLockDB ${folder}/locks
    DocumentRoot ${folder}/files
    FileETag Digest
    KeepAlive Off
    <Directory ${folder}/files>
      Dav On
    </Directory>`;
}
