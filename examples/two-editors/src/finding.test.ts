import { describe, expect, it } from 'vitest';
import type { Fields, NoteVersion } from './client.ts';
import { type Finding, findingOf, sentence } from './finding.ts';

const fields = (text: string): Fields => ({ title: text && 'T', text });
const version = (number: number, text: string): NoteVersion => ({ ...fields(text), tag: `"v${number}"`, coding: null });
const NONE = null;

describe('what was found', () => {
  it.each<[Finding, NoteVersion | null, string, NoteVersion | null, sent?: string]>([
    ['absent', NONE, '', NONE],
    ['absent', NONE, 'typed', NONE],
    ['gone', version(1, 'a'), 'a', NONE],
    ['first', NONE, '', version(1, 'a')],
    ['both', NONE, 'typed', version(1, 'a')],
    ['unchanged', version(1, 'a'), 'a', version(1, 'a')],
    ['unchanged', version(1, 'a'), 'typed', version(1, 'a')],
    ['alike', version(1, 'a'), 'b', version(2, 'b')],
    ['alike', version(1, 'a'), 'a', version(2, 'a')],
    ['theirs', version(1, 'a'), 'a', version(2, 'b')],
    ['mine', version(1, 'a'), 'b', version(2, 'a')],
    ['both', version(1, 'a'), 'b', version(2, 'c')],
    ['alike', version(1, 'a'), 'b', version(2, 'b'), 'b'],
    ['own', version(1, 'a'), 'more', version(2, 'b'), 'b'],
    ['own', NONE, 'more', version(1, 'b'), 'b'],
    ['unchanged', version(1, 'a'), 'more', version(1, 'a'), 'b'],
    ['both', version(1, 'a'), 'more', version(2, 'c'), 'b'],
  ])('%s: seen %o, typed %o, found %o, sent %o', (finding, seen, draft, found, sent) => {
    expect(findingOf(seen, sent === undefined ? null : fields(sent), fields(draft), found)).toBe(finding);
  });
});

describe('after an outcome that was not known', () => {
  it.each<[Finding, RegExp]>([
    ['unchanged', /did not arrive/],
    ['absent', /did not arrive/],
    ['alike', /had arrived/],
    ['own', /had arrived/],
  ])('%s settles it', (finding, words) => {
    expect(sentence('unknown', finding)).toMatch(words);
  });

  it.each<Finding>(['theirs', 'mine', 'both', 'gone'])('%s settles nothing, and nothing is claimed', (finding) => {
    expect(sentence('unknown', finding)).not.toMatch(/arrive|^Saved/);
  });
});
