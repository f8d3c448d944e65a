import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { s3Store } from '@etag/concurrency/s3';
import { startProxy } from 'servers';
import { startWorkerd } from '../../workerd.ts';
import type { Engine } from '../engine.ts';
import { lostAnswers } from '../faults.ts';

export const engine: Engine = {
  async start() {
    const workerd = await startWorkerd();
    const proxy = await startProxy(workerd.port);
    return {
      url: `http://127.0.0.1:${proxy.port}`,
      version: 'the client of S3 before R2 in workerd',
      // What the bucket holds would be gone with the server.
      faults: [lostAnswers([proxy], (bytes) => bytes.toString('latin1').startsWith('PUT '))],
      async stop() {
        await proxy.close();
        await workerd.stop();
      },
    };
  },
  async open(endpoint) {
    const credentials = { accessKeyId: 'a', secretAccessKey: 's' };
    const client = new S3Client({ region: 'auto', endpoint, credentials, forcePathStyle: true });
    return {
      store: s3Store(client, { bucket: 'proof', prefix: 'proof/' }),
      overwrite: (key, json) => client.send(new PutObjectCommand({ Bucket: 'proof', Key: `bare/${key}`, Body: json })),
      close: () => client.destroy(),
    };
  },
};
