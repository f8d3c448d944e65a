import { ContainerClient, StorageSharedKeyCredential } from '@azure/storage-blob';
import { type Server, startAzurite } from 'servers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { brokenLaws } from '../../test/broken-laws.ts';
import { type AzureBlockBlob, azureBlobStore } from './index.ts';

// The account that every Azurite has: its key is in Azurite's manual.
const credential = new StorageSharedKeyCredential(
  'devstoreaccount1',
  'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==',
);

let server: Server;
let container: ContainerClient;
beforeAll(async () => {
  server = await startAzurite();
  container = new ContainerClient(`${server.url}/notes`, credential, { retryOptions: { maxTries: 1 } });
  await container.create();
}, 60_000);
afterAll(() => server.stop());

type Blob = Pick<AzureBlockBlob, 'upload' | 'delete'>;

/** A store whose writes are other ones. */
function altered(alter: (blob: Blob) => Partial<Blob> = () => ({})) {
  const getBlockBlobClient = (name: string): AzureBlockBlob => {
    const blob = container.getBlockBlobClient(name) as AzureBlockBlob;
    const writes: Blob = { upload: (...args) => blob.upload(...args), delete: (options) => blob.delete(options) };
    return {
      getProperties: () => blob.getProperties(),
      download: () => blob.download(),
      ...writes,
      ...alter(writes),
    };
  };
  const pipeline = { options: { retryOptions: { maxTries: 1 } } };
  return azureBlobStore<unknown>({ getBlockBlobClient, pipeline } as never, { prefix: `${crypto.randomUUID()}/` });
}

const mutants: [mutation: string, law: string, alter: (blob: Blob) => Partial<Blob>][] = [
  [
    'drops the condition',
    'of 32 updates',
    ({ upload }) => ({ upload: (body, length, options) => upload(body, length, { ...options, conditions: {} }) }),
  ],
  [
    'creates over what is there',
    'put expecting absent, when',
    ({ upload }) => ({
      upload: (body, length, options) =>
        upload(body, length, options.conditions.ifMatch ? options : { ...options, conditions: {} }),
    }),
  ],
  [
    'takes any version for the one that is named',
    'put expecting oneOf(seen), when another',
    ({ upload }) => ({
      upload: (body, length, options) =>
        upload(body, length, options.conditions.ifMatch ? { ...options, conditions: { ifMatch: '*' } } : options),
    }),
  ],
  [
    'deletes whatever is there',
    'delete expecting oneOf(seen), when another',
    (blob) => ({ delete: () => blob.delete({ conditions: {} }) }),
  ],
];

describe('the contract catches a store that', () => {
  test.each(mutants)(
    '%s',
    async (_, law, alter) => {
      expect(await brokenLaws(altered(), law)).toEqual([]);
      expect(await brokenLaws(altered(alter), law)).not.toEqual([]);
    },
    120_000,
  );
});
