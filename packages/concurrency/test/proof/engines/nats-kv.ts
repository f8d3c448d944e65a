import { natsKvStore } from '@etag/concurrency/nats-kv';
import { jetstream } from '@nats-io/jetstream';
import { Kvm } from '@nats-io/kv';
import { connect } from '@nats-io/transport-node';
import { startNats, startProxy } from 'servers';
import type { Engine } from '../engine.ts';
import { crash, local, lostAnswers } from '../faults.ts';

export const engine: Engine = {
  async start() {
    const server = local(await startNats());
    const proxy = await startProxy(server.port);
    const connection = await connect({ servers: server.url });
    const version = connection.info?.version;
    await connection.close();
    return {
      url: `nats://127.0.0.1:${proxy.port}`,
      version: `NATS ${version}, one server, in files`,
      faults: [crash(server), lostAnswers([proxy], (bytes) => bytes.includes('HPUB $KV.'))],
      async stop() {
        await proxy.close();
        await server.stop();
      },
    };
  },
  async open(url) {
    // It would give up after ten times.
    const connection = await connect({ servers: url, maxReconnectAttempts: -1, reconnectTimeWait: 20 });
    // A lost connection is noticed by each request for itself, after that time: 5 s unless told.
    const kv = await new Kvm(jetstream(connection, { timeout: 2000 })).create('proof', { allow_direct: false });
    return {
      store: natsKvStore<unknown>(kv, { prefix: 'proof.' }),
      overwrite: (key, json) => kv.put(`proof.${key}`, json),
      close: () => connection.close(),
    };
  },
};
