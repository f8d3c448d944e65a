import { startWorkerd, storeInWorker } from '../../workerd.ts';
import type { Engine } from '../engine.ts';

export const engine: Engine = {
  async start() {
    const workerd = await startWorkerd('durable-object.ts');
    return {
      url: workerd.url,
      version: 'a Durable Object in workerd',
      // What the object holds would be gone with the server; its clients are killed.
      faults: [],
      stop: workerd.stop,
    };
  },
  async open(url) {
    const body = (key: string, value: string) => `UPDATE notes SET value = '${value}' WHERE key = '${key}'`;
    return {
      store: storeInWorker(url),
      overwrite: async (key, json) => {
        await (await fetch(`${url}/sql`, { method: 'POST', body: body(key, json) })).text();
      },
      close: () => {},
    };
  },
};
