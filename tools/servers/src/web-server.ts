import { execFile } from 'node:child_process';
import { tmpdir } from 'node:os';
import { promisify } from 'node:util';
import { listens } from './ask.ts';
import { freePort, onFreePorts } from './ports.ts';
import { startProcess } from './process.ts';
import { findProgram, type Program, type Source } from './program.ts';
import type { LocalServer } from './server.ts';

/** Where a web server is to run. */
export interface Place {
  /** The port of 127.0.0.1 that it is to listen on. */
  readonly port: number;
  /** A folder of its own, which is where it starts. */
  readonly folder: string;
  /** Its program. */
  readonly file: string;
}

/** A web server that the tests started. */
export interface WebServer extends LocalServer {
  /** Of its program: `1.22.1`. */
  readonly version: string;
}

/**
 * Starts a web server on a free port.
 *
 * @param source - where its program comes from
 * @param version - the argument that makes the program say its version
 * @param layOut - writes its configuration, and gives the arguments of its program
 * @throws Unavailable when the program is not available
 */
export async function startWebServer(
  source: Source,
  version: string,
  layOut: (place: Place) => readonly string[],
): Promise<WebServer> {
  return startFound(source.names[0], await findProgram(source), [version], layOut);
}

/**
 * Starts a web server whose program was found, on a free port.
 *
 * @param name - the server's, for messages
 * @param program - what runs it
 * @param version - the arguments that make the program say its version
 * @param layOut - writes its configuration, and gives the arguments of its program
 */
export async function startFound(
  name: string,
  program: Program,
  version: readonly string[],
  layOut: (place: Place) => readonly string[],
): Promise<WebServer> {
  const { file, command } = program;
  const server = await onFreePorts(async () => {
    const port = await freePort();
    return startProcess({
      name,
      ports: [port],
      url: `http://127.0.0.1:${port}`,
      command: (folder) => command(folder, [file, ...layOut({ port, folder, file })]),
      ready: () => listens(port),
    });
  });
  return { ...server, version: await versionOf(program, version) };
}

async function versionOf(program: Program, version: readonly string[]): Promise<string> {
  const { file, args, env } = program.command(tmpdir(), [program.file, ...version]);
  const { stdout, stderr } = await run(file, args, { env: { ...process.env, ...env } });
  return /\d+(?:\.\d+)+/.exec(stdout + stderr)?.[0] ?? 'unknown';
}

const run = promisify(execFile);
