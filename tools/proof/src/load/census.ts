import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { EventEmitter } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import type { Socket } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

const DESCRIPTORS = '/proc/self/fd';

setFlagsFromString('--expose-gc');
const collect: () => void = runInNewContext('gc');

/** What a process holds. */
export interface Held {
  readonly descriptors: number;
  /** On the process itself. */
  readonly listeners: number;
  /** Requests and responses of HTTP/1.1 that servers have read and written. */
  readonly messages: number;
  /** In bytes, after the garbage was collected. */
  readonly heap: number;
}

/** What servers of this process accept and hold. */
export class Census {
  readonly #sockets = new Set<Socket>();
  readonly #messages = new Set<WeakRef<object>>();
  readonly #accept = (message: unknown) => {
    const { socket } = message as { socket: Socket };
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
  };
  readonly #start = (message: unknown) => {
    const { request, response } = message as { request: object; response: object };
    this.#messages.add(new WeakRef(request)).add(new WeakRef(response));
  };

  constructor() {
    subscribe('net.server.socket', this.#accept);
    subscribe('http.server.request.start', this.#start);
  }

  /** Connections that are not closed. */
  get connections(): number {
    return this.#sockets.size;
  }

  /** The most listeners that one of them has. */
  get listeners(): number {
    return Math.max(0, ...[...this.#sockets].map(listenersOf));
  }

  /** Counts what is left once the garbage is collected. */
  held(): Held {
    collect();
    for (const message of this.#messages) if (!message.deref()) this.#messages.delete(message);
    return {
      descriptors: existsSync(DESCRIPTORS) ? readdirSync(DESCRIPTORS).length : 0,
      listeners: listenersOf(process),
      messages: this.#messages.size,
      heap: process.memoryUsage().heapUsed,
    };
  }

  stop(): void {
    unsubscribe('net.server.socket', this.#accept);
    unsubscribe('http.server.request.start', this.#start);
  }
}

function listenersOf(emitter: EventEmitter): number {
  return emitter.eventNames().reduce((sum, name) => sum + emitter.listenerCount(name), 0);
}
