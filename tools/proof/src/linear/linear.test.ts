import * as core from '@etag/core';
import { describe, expect, it } from 'vitest';
import { coreWith, type Edit } from '../mutants/edit.ts';
import { measureCore, measureCorpus } from './part.ts';
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

  it('are found on a text that was kept, with its middle grown', async () => {
    const kept = { parseEntityTagList: ['"aa","bb","cc"x'] };
    expect(await measureCorpus(core, kept, false)).toMatchObject({ cases: 2, wrong: [] });
    // From each quote on, all that follows.
    const edit = { file: `${CORE}/entity-tag-list.ts`, from: 'const LIST = /^', to: 'const LIST = /' };
    const { wrong } = await measureCorpus(await coreWith(edit), kept, false);
    expect(wrong).toMatchObject([expect.stringMatching(/^parseEntityTagList, .* inside: /)]);
  }, 60_000);
});
