import { redisStore } from '@etag/concurrency/redis';
import { Redis } from 'ioredis';
import { startProxy, startRedis } from 'servers';
import type { Engine } from '../engine.ts';
import { crash, local, lostAnswers } from '../faults.ts';

export const engine: Engine = {
  async start() {
    // With appendfsync always, which is the default of startRedis: anything less loses writes that it acknowledged.
    const server = local(await startRedis());
    const proxy = await startProxy(server.port);
    const client = new Redis(server.url);
    const version = /redis_version:(.*)\r/.exec(await client.info('server'))?.[1];
    client.disconnect();
    return {
      url: `redis://127.0.0.1:${proxy.port}`,
      version: `Redis ${version}, ioredis, appendfsync always`,
      faults: [crash(server), lostAnswers([proxy], (bytes) => /evalsha/i.test(bytes.toString('latin1')))],
      async stop() {
        await proxy.close();
        await server.stop();
      },
    };
  },
  async open(url) {
    const client = new Redis(url, { maxRetriesPerRequest: 0, retryStrategy: () => 20 });
    client.on('error', () => {});
    return {
      store: redisStore(client, { prefix: 'proof:' }),
      overwrite: (key, json) => client.hset(`proof:${key}`, 'value', json),
      close: () => client.disconnect(),
    };
  },
};
