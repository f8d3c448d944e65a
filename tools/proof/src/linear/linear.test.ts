import * as core from '@etag/core';
import { describe, expect, it } from 'vitest';
import { coreWith, type Edit } from '../mutants/edit.ts';
import { measureCore } from './part.ts';
import { TEXTS } from './shapes.ts';

const CORE = 'packages/core/src';
const FAULTS: readonly (Edit & { readonly shape: string; readonly reader: string })[] = [
  // From each tab on, all that follow.
  {
    file: `${CORE}/range.ts`,
    from: '/^[ \\t]*(\\d*)-',
    to: '/[ \\t]*(\\d*)-',
    shape: 'a range of tabs',
    reader: 'evaluateRange by Range',
  },
];

describe('readers', () => {
  it.each(FAULTS)('of $shape are found where $from is $to', async ({ shape, reader, ...edit }) => {
    const shapes = { [shape]: TEXTS[shape] as (length: number) => string };
    expect((await measureCore(core, shapes, false)).wrong).toEqual([]);
    const { wrong } = await measureCore(await coreWith(edit), shapes, false);
    expect(wrong).toMatchObject([expect.stringContaining(reader)]);
  });
});
