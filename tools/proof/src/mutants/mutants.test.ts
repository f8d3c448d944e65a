import { describe, expect, it } from 'vitest';
import { edited } from './edit.ts';
import { judge } from './judge.ts';
import { MUTANTS, type Mutant } from './mutants.ts';

const [leapSecond, aliased] = MUTANTS as [Mutant, Mutant];

describe('a mistake', () => {
  it('that a test notices is killed, and one that it does not look for survives', async () => {
    expect(await judge(leapSecond, leapSecond.test)).toBe('killed');
    expect(await judge(leapSecond, aliased.test)).toBe('survived');
  }, 60_000);

  it('whose test is gone is not taken for killed', async () => {
    expect(await judge(leapSecond, { ...leapSecond.test, name: 'no such test' })).toBe('no such test');
  }, 60_000);

  it('that cannot be made is an error, not a survivor', () => {
    expect(() => edited('a b a', { file: 'x.ts', from: 'a', to: 'c' })).toThrow('x.ts has 2 times a');
    expect(() => edited('b', { file: 'x.ts', from: 'a', to: 'c' })).toThrow('x.ts has 0 times a');
  });
});
