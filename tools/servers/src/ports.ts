import { once } from 'node:events';
import { createServer } from 'node:net';
import { threadId } from 'node:worker_threads';

// Below the ports that systems give to outgoing connections (Linux from 32768, macOS from 49152). A port of that range
// may be gone when a killed server comes back: a client that keeps on connecting can even meet itself on it.
const FIRST = 20_000;
const COUNT = 12_000;

// Each process begins elsewhere, so that test files which run side by side do not pick the same one.
let next = ((process.pid + threadId) * 16) % COUNT;

/** The port that a server wanted was taken by somebody else in the meantime. */
export class PortTaken extends Error {
  override readonly name = 'PortTaken';
}

/** Whether a server could listen on ports of 127.0.0.1 now. */
export async function areFree(ports: readonly number[]): Promise<boolean> {
  return (await Promise.all(ports.map(isFree))).every(Boolean);
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
    return true;
  } catch {
    return false;
  } finally {
    server.close();
  }
}

/** A port of 127.0.0.1 that nobody listens on. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = FIRST + (next++ % COUNT);
    if (await isFree(port)) return port;
  }
}

/**
 * Starts something on free ports; once more, on others, when one was taken between the look and the start.
 *
 * @param start - rejects with `PortTaken` when it wants others
 */
export async function onFreePorts<T>(start: () => Promise<T>): Promise<T> {
  for (let tries = 3; ; tries--) {
    try {
      return await start();
    } catch (error) {
      if (!(error instanceof PortTaken) || tries === 1) throw error;
    }
  }
}
