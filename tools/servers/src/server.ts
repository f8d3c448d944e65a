/** A server that tests talk to. */
export interface Server {
  /** Where it listens, as its drivers want it: `postgres://…`, `redis://…`, `http://…`. */
  readonly url: string;
  /** Ends it and removes its data; a server named by the environment is left alone. */
  stop(): Promise<void>;
  /** Ends it as a crash would, by SIGKILL; undefined where the server is not ours to kill. */
  kill?(): Promise<void>;
  /** Starts it again on its port and its data; ends it first if it runs. */
  restart?(): Promise<void>;
}

/** A server that the tests started themselves. */
export interface LocalServer extends Server {
  readonly port: number;
  kill(): Promise<void>;
  restart(): Promise<void>;
}

/** A server cannot be had on this machine; the message says what was tried and what to install. */
export class Unavailable extends Error {
  override readonly name = 'Unavailable';
}

/** The server that a variable of the environment names, if it does. */
export function named(variable: string): Server | undefined {
  const url = process.env[variable];
  return url ? { url, async stop() {} } : undefined;
}
