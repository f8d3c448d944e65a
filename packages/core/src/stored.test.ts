import { describe, expect, it } from 'vitest';
import { isStored, stored } from './index.ts';

describe('what a store gave', () => {
  const note = { value: { text: 'a' }, version: '1', modified: 0 };

  it('has the members that it was given', () => {
    expect(Object.entries(stored(note))).toEqual(Object.entries(note));
  });

  it('is told from all else by its mark', () => {
    const others = [note, { ...stored(note) }, 'text', undefined, null, () => stored(note)];
    expect([stored(note), ...others].map(isStored)).toEqual([true, ...others.map(() => false)]);
  });
});
