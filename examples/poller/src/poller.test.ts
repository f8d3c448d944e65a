import { describe, expect, test } from 'vitest';
import { compare } from './comparison.ts';
import { newsOf } from './feed.ts';
import { svg } from './plot.ts';
import { draw, wrongs } from './report.ts';

const ROUNDS = 10;
const FEEDS = 20;
const polls = Array.from({ length: FEEDS * ROUNDS }, (_, i) => [i % FEEDS, Math.floor(i / FEEDS)] as const);
const unchanged = polls.filter(([feed, poll]) => poll > 0 && newsOf(feed, poll) === newsOf(feed, poll - 1)).length;

describe('polling with and without validators', () => {
  test('every poll of a feed without news is a 304, and both sides count the same bytes', async () => {
    const comparison = await compare(ROUNDS);
    const { withValidators, without, stats } = comparison;
    expect(wrongs(comparison)).toEqual([]);
    expect(withValidators.count).toEqual({
      requests: FEEDS * ROUNDS,
      notModified: unchanged,
      savedBytes: stats.savedBytes,
    });
    expect(without.count).toEqual({ requests: FEEDS * ROUNDS, notModified: 0, savedBytes: 0 });
    expect(withValidators.sent.at(-1)).toBeLessThan((without.sent.at(-1) ?? 0) / 4);
    expect(draw(comparison)).toContain('After 10 polls of each feed the server has sent 1.7 MB without validators');

    const counted = { ...stats, savedBytes: stats.savedBytes + 1 };
    expect(wrongs({ withValidators, without, stats: counted })).toEqual([expect.stringContaining('bytes saved')]);
    const other = { ...without, contents: [...without.contents].reverse() };
    expect(wrongs({ withValidators, without: other, stats })).toEqual([expect.stringContaining('A feed')]);
  });
});

test('a plot has a title, a description, axes and lines', () => {
  const lines = [
    { name: 'few', values: [0, 10, 20] },
    { name: 'many <', values: [0, 50, 100] },
  ] as const;
  const drawn = svg({ title: 'A & B', description: 'Few and many.', x: 'time', y: 'bytes', lines });
  expect(drawn).toContain('aria-labelledby="title desc"');
  expect(drawn).toContain('<title id="title">A &#38; B</title>');
  expect(drawn).toContain('<desc id="desc">Few and many.</desc>');
  expect(drawn).toContain('many &#60;</text>');
  expect(drawn).toContain('d="M64 324L317 294L570 264"');
  expect(drawn).toContain('d="M64 324L317 174L570 24"');
});
