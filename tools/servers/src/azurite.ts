import { createRequire } from 'node:module';
import { freePort, onFreePorts } from './ports.ts';
import { startProcess } from './process.ts';
import { named, type Server } from './server.ts';

// Why no idle connection is closed: see dynalite.ts. Azurite 3.37 has an option for it, and reads another one: its server
// closes them after five seconds, whatever it is told.
const PROGRAM = `
  const http = require('node:http');
  const { createServer } = http;
  const never = { get: () => 0, set() {} };
  http.createServer = (...args) => Object.defineProperty(createServer(...args), 'keepAliveTimeout', never);
  require(process.argv[1]);`;

/**
 * Azurite, Microsoft's emulator of Azure Storage: its blobs; or the account that AZURE_BLOB_URL names.
 *
 * @see https://learn.microsoft.com/azure/storage/common/storage-use-azurite
 */
export async function startAzurite(): Promise<Server> {
  const given = named('AZURE_BLOB_URL');
  if (given) return given;
  const program = createRequire(import.meta.url).resolve('azurite/dist/src/blob/main.js');
  return onFreePorts(async () => {
    const port = await freePort();
    // The account is the one that every Azurite has.
    const url = `http://127.0.0.1:${port}/devstoreaccount1`;
    return startProcess({
      name: 'azurite',
      ports: [port],
      url,
      command: (folder) => ({
        file: process.execPath,
        args: [
          ...['-e', PROGRAM, '--', program],
          ...['--blobHost', '127.0.0.1', '--blobPort', `${port}`, '--location', `${folder}/data`],
          ...['--silent', '--disableTelemetry', '--skipApiVersionCheck'],
        ],
      }),
      ready: () => fetch(url),
    });
  });
}
