import { setTimeout as wait } from 'node:timers/promises';
import type { LocalServer, Server, Proxy as ServerProxy } from 'servers';
import type { Fault } from './engine.ts';

/** How many answers are lost at a time, at least: those of several connections. */
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
 * Proxies that pass writes on and lose the answers.
 *
 * @param isWrite - tells one by the bytes that a client sends
 */
export function lostAnswers(proxies: readonly ServerProxy[], isWrite: (bytes: Buffer) => boolean): Fault {
  const lost = () => proxies.reduce((sum, proxy) => sum + proxy.lost, 0);
  return {
    name: `${LOST} answers or more lost after the write`,
    async inject(over) {
      const before = lost();
      for (const proxy of proxies) proxy.loseAnswers(LOST, isWrite);
      while (lost() < before + LOST && !over.aborted) await wait(5);
      for (const proxy of proxies) proxy.loseAnswers(0);
    },
  };
}
