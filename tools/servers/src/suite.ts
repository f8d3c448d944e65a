import { type LocalServer, type Server, Unavailable } from './server.ts';

/**
 * The server that a suite needs; without it the suite is left out, which on CI is a failure.
 *
 * @param suite - what is left out
 * @param start - such as `startPostgres`
 * @returns null when there is none, after a message that says what to install
 * @throws Unavailable where CI is set
 */
export async function available<S>(suite: string, start: () => Promise<S>): Promise<S | null> {
  return process.env.CI ? start() : optional(suite, start);
}

/**
 * As `available`, for a suite that may be left out on CI as well: its server takes more than a package.
 *
 * @returns null when there is none, after a message that says what to install
 */
export async function optional<S>(suite: string, start: () => Promise<S>): Promise<S | null> {
  try {
    return await start();
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error;
    console.warn(`Left out: ${suite}. ${error.message}`);
    return null;
  }
}

/**
 * As `available`, for a suite that kills the server: one that the environment names is not ours to kill.
 */
export function killable(suite: string, start: () => Promise<Server>): Promise<LocalServer | null> {
  return available(suite, async () => {
    const server = await start();
    if (isLocal(server)) return server;
    throw new Unavailable(
      `It kills its server, and ${server.url} is not ours to kill: unset the variable that names it.`,
    );
  });
}

function isLocal(server: Server): server is LocalServer {
  return 'kill' in server;
}
