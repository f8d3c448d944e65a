import { type PutObjectCommandInput, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { brokenLaws } from '../../test/broken-laws.ts';
import { startWorkerd, type Workerd } from '../../test/workerd.ts';
import { s3Store } from './index.ts';

let workerd: Workerd;
let client: S3Client;
beforeAll(async () => {
  workerd = await startWorkerd();
  const credentials = { accessKeyId: 'a', secretAccessKey: 's' };
  client = new S3Client({ region: 'auto', credentials, forcePathStyle: true, endpoint: workerd.url });
});
afterAll(async () => {
  client.destroy();
  await workerd.stop();
});

interface Command {
  readonly input: PutObjectCommandInput;
}

/** A store whose writes are altered before they are sent; that of the look, which would find it out, is not. */
function altered(alter: (input: PutObjectCommandInput) => void) {
  const send = async (command: Command) => {
    const { Body, Key } = command.input;
    if (Body !== undefined && !Key?.endsWith('%~look')) alter(command.input);
    return await client.send(command as never);
  };
  return s3Store<unknown>({ send: send as never }, { bucket: 'notes', prefix: `${crypto.randomUUID()}/` });
}

const mutants: [mutation: string, law: string, alter: (input: PutObjectCommandInput) => void][] = [
  ['drops If-Match', 'of 32 updates', (input) => Object.assign(input, { IfMatch: undefined })],
  ['drops If-None-Match', 'put expecting absent, when', (input) => Object.assign(input, { IfNoneMatch: undefined })],
  [
    'deletes whatever is there',
    'delete expecting oneOf(seen), when another',
    (input) => input.Metadata && Object.assign(input, { IfMatch: undefined }),
  ],
  [
    'writes no stamp, so that the ETag comes back with the content',
    'the same value',
    (input) => Object.assign(input, { Body: String(input.Body).trim() }),
  ],
  [
    'does not say of an object that it stands for a delete',
    'delete expecting any, when',
    (input) => Object.assign(input, { Metadata: undefined }),
  ],
];

describe('the contract catches a store that', () => {
  test.each(mutants)(
    '%s',
    async (_, law, alter) => {
      expect(
        await brokenLaws(
          altered(() => {}),
          law,
        ),
      ).toEqual([]);
      expect(await brokenLaws(altered(alter), law)).not.toEqual([]);
    },
    120_000,
  );
});
