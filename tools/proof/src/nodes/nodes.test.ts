import { describe, expect, it } from 'vitest';
import type { Edit } from '../mutants/edit.ts';
import { LOCALIZED, SHIFTED, tryNodes, ZONED } from './part.ts';

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
