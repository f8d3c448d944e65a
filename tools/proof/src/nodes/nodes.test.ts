import { beforeAll, describe, expect, it } from 'vitest';
import type { Edit } from '../mutants/edit.ts';
import { LOCALIZED, SHIFTED, tryNodes, versioned, ZONED } from './part.ts';

const CORE = 'packages/core/src';
const FAULTS: readonly (Edit & { readonly nodes: typeof ZONED; readonly found: RegExp })[] = [
  {
    file: `${CORE}/json-tag.ts`,
    from: 'Object.keys(value).sort()',
    to: 'Object.keys(value).sort((a, b) => a.localeCompare(b))',
    nodes: LOCALIZED,
    found: /^locale .*: \["json"/,
  },
  {
    file: `${CORE}/http-date.ts`,
    from: 'new Date(days * DAY).getUTCDate() === day',
    to: 'new Date(days * DAY).getDate() === day',
    nodes: ZONED,
    found: /^TZ America\/St_Johns: \["date"/,
  },
  {
    file: `${CORE}/http-date.ts`,
    from: 'limit.setUTCFullYear(limit.getUTCFullYear() + 50)',
    to: 'limit.setUTCFullYear(limit.getUTCFullYear() + 50 * (limit.getUTCFullYear() % 2))',
    nodes: SHIFTED,
    found: /^a clock that is .*: \["date"/,
  },
];

// What newer versions can do by themselves, with the padding that it adds.
const NEWER: Edit = {
  file: `${CORE}/digest.ts`,
  from: "hash('sha256', content, 'base64url')",
  to: `'toBase64' in Uint8Array.prototype
    ? (hash('sha256', content, 'buffer') as any).toBase64({ alphabet: 'base64url' })
    : hash('sha256', content, 'base64url')`,
};

describe('nodes that differ', () => {
  it('give the same', async () => {
    const result = await tryNodes('all', [...ZONED, ...LOCALIZED, ...SHIFTED]);
    expect(result.wrong).toEqual([]);
    expect(result.cases).toBeGreaterThan(5000);
  }, 60_000);

  it.each(FAULTS)(
    'are told apart by $to',
    async ({ nodes, found, ...edit }) => {
      const { wrong } = await tryNodes('all', nodes, edit);
      expect(wrong.join('\n')).toMatch(new RegExp(found.source, 'm'));
    },
    60_000,
  );
});

describe('versions of Node', () => {
  let others: Awaited<ReturnType<typeof versioned>>;
  // On a new machine they are downloaded.
  beforeAll(async () => {
    others = await versioned();
  }, 300_000);

  it('give the same', async () => {
    expect((await tryNodes('all', others)).wrong).toEqual([]);
  }, 60_000);

  it('are told apart by a tag that newer ones make otherwise', async () => {
    const { wrong } = await tryNodes('all', others, NEWER);
    expect(wrong.join('\n')).toMatch(/^Node \d+: \["text"/);
  }, 60_000);
});
