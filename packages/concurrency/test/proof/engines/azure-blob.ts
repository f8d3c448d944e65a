import { ContainerClient, StorageSharedKeyCredential } from '@azure/storage-blob';
import { azureBlobStore } from '@etag/concurrency/azure-blob';
import { startAzurite, startProxy } from 'servers';
import type { Engine } from '../engine.ts';
import { local, lostAnswers } from '../faults.ts';

// The account that every Azurite has: its key is in Azurite's manual.
const credential = new StorageSharedKeyCredential(
  'devstoreaccount1',
  'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==',
);
const open = (url: string) => new ContainerClient(`${url}/proof`, credential, { retryOptions: { maxTries: 1 } });

export const engine: Engine = {
  async start() {
    const server = local(await startAzurite());
    const proxy = await startProxy(server.port);
    await open(server.url).create();
    return {
      url: server.url.replace(`:${server.port}`, `:${proxy.port}`),
      version: 'Azure Blob Storage as Azurite 3.37.0 has it',
      // Azurite keeps its index in memory, and would lose of it when it is killed.
      faults: [lostAnswers([proxy], (bytes) => /^(PUT|DELETE) /.test(bytes.toString('latin1')))],
      async stop() {
        await proxy.close();
        await server.stop();
      },
    };
  },
  async open(url) {
    const container = open(url);
    return {
      store: azureBlobStore(container, { prefix: 'proof/' }),
      overwrite: (key, json) => container.getBlockBlobClient(`bare/${key}`).upload(json, Buffer.byteLength(json)),
      close: () => {},
    };
  },
};
