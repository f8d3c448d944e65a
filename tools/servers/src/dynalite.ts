import { createRequire } from 'node:module';
import { freePort, onFreePorts } from './ports.ts';
import { startProcess } from './process.ts';
import { named, type Server } from './server.ts';

// A server that closes idle connections may close one at the moment when a write is sent: nobody knows then what became of
// it, and tests of what is known would fail now and then.
const PROGRAM = `
  const [dynalite, port, path] = process.argv.slice(1);
  const server = require(dynalite)({ path, createTableMs: 0 });
  server.keepAliveTimeout = 0;
  server.listen(Number(port), '127.0.0.1');`;

/**
 * Dynalite, an implementation of DynamoDB on LevelDB; or the endpoint that DYNAMODB_URL names.
 *
 * @see https://github.com/architect/dynalite
 */
export async function startDynalite(): Promise<Server> {
  const given = named('DYNAMODB_URL');
  if (given) return given;
  const dynalite = createRequire(import.meta.url).resolve('dynalite');
  return onFreePorts(async () => {
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    return startProcess({
      name: 'dynalite',
      ports: [port],
      url,
      command: (folder) => ({
        file: process.execPath,
        args: ['-e', PROGRAM, dynalite, `${port}`, `${folder}/data`],
      }),
      // To whoever signs nothing it says so.
      ready: () => fetch(url),
    });
  });
}
