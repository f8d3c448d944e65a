import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { brokenLaws } from '../../test/broken-laws.ts';
import { startWorkerd, type Workerd } from '../../test/workerd.ts';
import { type R2, r2Store } from './index.ts';

let workerd: Workerd;
let bucket: R2;
beforeAll(async () => {
  workerd = await startWorkerd();
  bucket = (await workerd.miniflare.getR2Bucket('BUCKET')) as unknown as R2;
});
afterAll(() => workerd.stop());

type Put = R2['put'];

/** A store whose writes are other ones. */
const altered = (put: (put: Put) => Put = (put) => put) =>
  r2Store<unknown>(
    {
      head: (name) => bucket.head(name),
      get: (name) => bucket.get(name),
      put: put((name, content, options) => bucket.put(name, content, options)),
    },
    { prefix: `${crypto.randomUUID()}/` },
  );

const unconditional = {} as Parameters<Put>[2]['onlyIf'];

const mutants: [mutation: string, law: string, put: (put: Put) => Put][] = [
  [
    'drops the condition',
    'of 32 updates',
    (put) => (name, content, options) => put(name, content, { ...options, onlyIf: unconditional }),
  ],
  [
    'creates over what is there',
    'put expecting absent, when',
    (put) => (name, content, options) =>
      put(name, content, 'etagMatches' in options.onlyIf ? options : { ...options, onlyIf: unconditional }),
  ],
  [
    'deletes whatever is there',
    'delete expecting oneOf(seen), when another',
    (put) => (name, content, options) =>
      put(name, content, options.customMetadata ? { ...options, onlyIf: unconditional } : options),
  ],
  [
    'writes no stamp, so that the tag comes back with the content',
    'the same value',
    (put) => (name, content, options) => put(name, content.trim(), options),
  ],
  [
    'does not say of an object that it stands for a delete',
    'delete expecting any, when',
    (put) =>
      (name, content, { customMetadata: _, ...options }) =>
        put(name, content, options),
  ],
  [
    'takes a refusal for a success',
    'put expecting oneOf(seen), when another',
    (put) => async (name, content, options) => (await put(name, content, options)) ?? (await bucket.head(name)),
  ],
];

describe('the contract catches a store that', () => {
  test.each(mutants)(
    '%s',
    async (_, law, put) => {
      expect(await brokenLaws(altered(), law)).toEqual([]);
      expect(await brokenLaws(altered(put), law)).not.toEqual([]);
    },
    120_000,
  );
});
