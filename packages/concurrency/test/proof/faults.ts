import { setTimeout as wait } from 'node:timers/promises';
import type { LocalServer, Server, Proxy as ServerProxy } from 'servers';
import type { Fault } from './engine.ts';

/** How many answers are lost at a time: those of several connections. */
const LOST = 8;

/** A server that can be killed. */
export function local(server: Server): LocalServer {
  if ('port' in server) return server as LocalServer;
  throw new Error(`Faults are injected into ${server.url}: unset the variable that names it`);
}

/** SIGKILL, and a restart on the same data. */
export function crash(server: LocalServer): Fault {
  return {
    name: 'kill -9 of the server, and a restart',
    async inject() {
      await server.kill();
      await server.restart();
    },
  };
}

/**
 * A proxy that passes writes on and loses the answers.
 *
 * @param isWrite - tells one by the bytes that a client sends
 */
export function lostAnswers(proxy: ServerProxy, isWrite: (bytes: Buffer) => boolean): Fault {
  return {
    name: `${LOST} answers lost after the write`,
    async inject(over) {
      const before = proxy.lost;
      proxy.loseAnswers(LOST, isWrite);
      while (proxy.lost < before + LOST && !over.aborted) await wait(5);
    },
  };
}
