import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ask } from './ask.ts';
import { freePort, onFreePorts } from './ports.ts';
import { startProcess } from './process.ts';
import { findProgram, type Program, type Source } from './program.ts';
import { type LocalServer, named, type Server } from './server.ts';

const SOURCE: Source = {
  names: ['nats-server'],
  debian: 'nats-server',
  docker: 'nats:2.10',
  advice: 'Install NATS (Debian: nats-server; Homebrew: nats-server), or name a server in NATS_URL.',
};

/** Lines of the configuration of a NATS server. */
export type NatsSettings = Readonly<Record<string, string | number>>;

/**
 * A NATS server with JetStream, or the one that NATS_URL names.
 *
 * @param settings - such as `{ max_payload: '8MB' }`
 * @throws Unavailable when the program is not available
 * @see https://docs.nats.io/running-a-nats-service/configuration
 */
export async function startNats(settings: NatsSettings = {}): Promise<Server> {
  const given = named('NATS_URL');
  if (given) return given;
  const program = await findProgram(SOURCE);
  return onFreePorts(async () => start(program, await freePort(), settings));
}

function start(program: Program, port: number, settings: NatsSettings): Promise<LocalServer> {
  return startProcess({
    name: 'nats-server',
    ports: [port],
    url: `nats://127.0.0.1:${port}`,
    command(folder) {
      const file = join(folder, 'nats.conf');
      writeFileSync(file, configuration({ listen: `127.0.0.1:${port}`, ...settings }, folder));
      return program.command(folder, [program.file, '--config', file]);
    },
    // It greets clients when JetStream has its data.
    ready: () => ask(port, '', /^INFO .*"jetstream":true.*\r\n/),
  });
}

function configuration(settings: NatsSettings, folder: string): string {
  const lines = Object.entries(settings).map(([name, value]) => `${name}: ${value}\n`);
  return `jetstream { store_dir: ${JSON.stringify(join(folder, 'data'))} }\n${lines.join('')}`;
}
