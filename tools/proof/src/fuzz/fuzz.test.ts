import { describe, expect, it } from 'vitest';
import type { Edit } from '../mutants/edit.ts';
import { instrumented } from './coverage.ts';
import { search } from './search.ts';

const NAME = 'evaluateRange by Range';
const TRIED = 100_000;

/** Each condition is a place of its own, which a search can tell that it has reached. */
const DEEP: Edit = {
  file: 'packages/core/src/range.ts',
  from: 'if (end < start) return null;',
  to: `if (end < start) {
    if (ranges.length > 2) {
      if (first!.length > 3) {
        if (last!.length > 2) {
          if (ranges.length > 3) throw new RangeError('deep');
        }
      }
    }
    return null;
  }`,
};

describe('a search for inputs', async () => {
  const sources = await instrumented(DEEP);

  it('finds nothing in what is right, and keeps what reaches further', async () => {
    const { wrong, corpus, tried } = await search('parseEntityTagList', sources, [], (tried) => tried >= 5000, 1);
    expect(wrong).toBe(null);
    expect(tried).toBe(5000);
    expect(corpus.length).toBeGreaterThan(5);
  });

  it('finds a reader that throws deep inside, where chance alone does not', async () => {
    let tried = 0;
    let wrong: string | null = null;
    // Which way a search goes depends on every word of the sources. One that is lost begins anew.
    for (let seed = 1; wrong === null && seed < 20; seed += 2) {
      const guided = await search(NAME, sources, [], (count) => count >= TRIED, seed);
      tried += guided.tried;
      wrong = guided.wrong;
    }
    expect(`${wrong}`).toContain('RangeError: deep');
    const byChance = await search(NAME, sources, [], (count) => count >= tried, 1, false);
    expect(byChance).toMatchObject({ wrong: null, tried });
  }, 60_000);

  it('begins with what was found before', async () => {
    const { corpus } = await search(NAME, sources, [], (tried) => tried >= 2000, 1);
    const { corpus: again } = await search(NAME, sources, corpus, (tried) => tried > 0, 2);
    expect(again.length).toBe(corpus.length);
  });

  it('finds a law that does not hold', async () => {
    const edit = { file: 'packages/core/src/version-tag.ts', from: 'tag.replace(/^W\\//', to: 'tag.replace(/^W./' };
    const { wrong } = await search('versionOf', await instrumented(edit), [], (tried) => tried >= TRIED, 1);
    expect(wrong).toMatch(/^versionOf, of .*: Error: a tag: false/);
  });

  it('finds a directive that is lost', async () => {
    const edit = {
      file: 'packages/client/src/cache-control.ts',
      from: 'if (!directives.has(name)) ',
      to: 'if (directives.size < 3) ',
    };
    const isOver = (tried: number) => tried >= TRIED;
    const { wrong } = await search('client: Cache-Control', await instrumented(edit), [], isOver, 1);
    expect(wrong).toMatch(/^client: Cache-Control, of .*: Error: the first of each, and one more: /);
  });
});
