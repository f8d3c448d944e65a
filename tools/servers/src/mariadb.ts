import { ask } from './ask.ts';
import { freePort, onFreePorts } from './ports.ts';
import { startProcess } from './process.ts';
import { findProgram, type Program, type Source } from './program.ts';
import { type LocalServer, named, type Server } from './server.ts';

/** Lines of a MariaDB's configuration. */
export type MariadbSettings = Readonly<Record<string, string | number>>;

const SOURCE: Source = {
  names: ['mariadbd'],
  debian: 'mariadb-server-core',
  docker: 'mariadb:11',
  advice: 'Install MariaDB (Debian: mariadb-server; Homebrew: mariadb), or name a server in MYSQL_URL.',
};

/**
 * MariaDB, with an empty database `test`; or the server that MYSQL_URL names.
 *
 * @param settings - such as `{ max_connections: 200 }`; the server's defaults otherwise
 * @throws Unavailable when the program is not available
 * @see https://mariadb.com/kb/en/server-system-variables/
 */
export async function startMariadb(settings: MariadbSettings = {}): Promise<Server> {
  const given = named('MYSQL_URL');
  if (given) return given;
  const program = await findProgram(SOURCE);
  return onFreePorts(() => start(program, settings));
}

async function start(program: Program, settings: MariadbSettings): Promise<LocalServer> {
  const port = await freePort();
  return startProcess({
    name: 'mariadbd',
    ports: [port],
    url: `mysql://root@127.0.0.1:${port}/test`,
    command: (folder) => program.command(folder, ['sh', '-c', SCRIPT, program.file, ...flags({ port, ...settings })]),
    // It speaks first, and says its version.
    ready: () => ask(port, '', /-MariaDB/),
  });
}

// What mariadb-install-db makes, less its help and views: the tables of accounts, root without a password; and `test`.
const SCRIPT = `
share=$(dirname "$(dirname "$(realpath "$(command -v "$0")")")")/share
if [ -d "$share/mariadb/english" ]; then share=$share/mariadb; else share=$share/mysql; fi
set -- "$@" "--datadir=$PWD/data" "--lc-messages-dir=$share"
if [ ! -d data ]; then
  mkdir data
  {
    printf '%s;\\n' 'CREATE DATABASE test' 'CREATE DATABASE mysql' 'USE mysql' 'SET @auth_root_socket = NULL'
    cat "$share"/*_system_tables.sql "$share"/*_system_tables_data.sql
  } | "$0" "$@" --bootstrap || exit
fi
exec "$0" "$@"`;

function flags(settings: MariadbSettings): string[] {
  const lines = Object.entries(settings).map(([name, value]) => `--${name}=${value}`);
  // As root it runs only when told so.
  const user = process.getuid?.() === 0 ? ['--user=root'] : [];
  return ['--no-defaults', ...user, '--socket=socket', '--bind-address=127.0.0.1', '--skip-name-resolve', ...lines];
}
