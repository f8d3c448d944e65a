import { describe, expect, it } from 'vitest';
import { compareNotes, mergeNotes, type Region } from './merge.ts';

const BASE = 'one\ntwo\nthree\nfour\nfive';

const note = (text: string, title = 'T') => ({ title, text });
const ask = (): never => expect.unreachable('nothing was changed by both');

/** Numbers from 0 to 1 that are the same in each run (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

describe('where whose change is', () => {
  it.each<[string, string, string, Region['whose'][]]>([
    ['nobody', BASE, BASE, ['none']],
    ['mine', BASE.replace('two', '2'), BASE, ['none', 'mine', 'none']],
    ['theirs, at the end', BASE, `${BASE}\nsix`, ['none', 'theirs']],
    ['each another line', BASE.replace('one', '1'), BASE.replace('five', '5'), ['mine', 'none', 'theirs']],
    ['the same line', BASE.replace('two', '2'), BASE.replace('two', 'II'), ['none', 'both', 'none']],
    ['the same line, alike', BASE.replace('two', '2'), BASE.replace('two', '2'), ['none', 'alike', 'none']],
    ['lines side by side', BASE.replace('two', '2'), BASE.replace('three', '3'), ['none', 'both', 'none']],
    ['I delete, at the start', BASE.replace('one\n', ''), BASE, ['mine', 'none']],
    ['they delete, in the middle', BASE, BASE.replace('three\n', ''), ['none', 'theirs', 'none']],
    ['both delete, elsewhere', BASE.replace('one\n', ''), BASE.replace('\nfive', ''), ['mine', 'none', 'theirs']],
    ['both delete, alike', BASE.replace('two\n', ''), BASE.replace('two\n', ''), ['none', 'alike', 'none']],
    ['one deletes what the other edits', BASE.replace('two\n', ''), BASE.replace('two', '2'), ['none', 'both', 'none']],
  ])('%s', (_, mine, theirs, whose) => {
    const { text } = compareNotes(note(BASE), note(mine), note(theirs));
    expect(text.map((region) => region.whose)).toEqual(whose);
  });

  it('the regions are all there is of each side, in order: 2,000 edits of up to six lines', () => {
    const random = seeded(20);
    const some = () =>
      Array.from({ length: 1 + Math.floor(random() * 6) }, () => 'abc'[Math.floor(random() * 3)]).join('\n');
    const seen = new Set<string>();
    for (let i = 0; i < 2000; i++) {
      const sides = { base: some(), mine: some(), theirs: some() };
      const { text } = compareNotes(note(sides.base), note(sides.mine), note(sides.theirs));
      const whole = (side: keyof typeof sides) => text.flatMap((region) => region[side]).join('\n');
      expect({ base: whole('base'), mine: whole('mine'), theirs: whole('theirs') }).toEqual(sides);
      for (const { whose } of text) seen.add(whose);
    }
    expect(seen.size).toBe(5);
  });

  it('the title is compared as a whole', () => {
    const { title } = compareNotes(note('', 'Bread'), note('', 'Rye bread'), note('', 'Bread!'));
    expect(title.map(({ whose }) => whose)).toEqual(['both']);
  });
});

describe('the merge', () => {
  it('has the changes of both, and asks nothing where they do not overlap', () => {
    const regions = compareNotes(note(BASE), note(BASE.replace('one\n', ''), 'Mine'), note(`${BASE}\nsix`));
    expect(mergeNotes(regions, ask)).toEqual(note('two\nthree\nfour\nfive\nsix', 'Mine'));
  });

  it('asks once for each place that both changed', () => {
    const regions = compareNotes(note(BASE), note('1\ntwo\nthree\nfour\n5'), note('I\ntwo\nthree\nfour\nV'));
    const sides = ['mine', 'theirs'] as const;
    let asked = 0;
    expect(mergeNotes(regions, () => sides[asked++] ?? 'mine').text).toBe('1\ntwo\nthree\nfour\nV');
    expect(asked).toBe(2);
  });

  it('without a base, all that differs was written by both', () => {
    const regions = compareNotes(null, note('leek', 'Soup'), note('pumpkin', 'Soup'));
    expect([regions.title[0]?.whose, regions.text[0]?.whose]).toEqual(['alike', 'both']);
    expect(mergeNotes(regions, () => 'theirs')).toEqual(note('pumpkin', 'Soup'));
  });
});
