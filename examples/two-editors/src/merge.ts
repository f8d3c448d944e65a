import { diff3MergeRegions, diffIndices, type IRegion } from 'node-diff3';
import type { Fields } from './client.ts';

/** Lines that one side changed, or both, or none. `alike`: both, in the same way. */
export interface Region {
  whose: 'none' | 'mine' | 'theirs' | 'alike' | 'both';
  base: string[];
  mine: string[];
  theirs: string[];
}

/** Which side stands where both changed the same lines. */
export type Side = 'mine' | 'theirs';

export type NoteRegions = Record<keyof Fields, Region[]>;

/** Where whose changes are. @param base - what both started from; null where there was nothing */
export function compareNotes(base: Fields | null, mine: Fields, theirs: Fields): NoteRegions {
  return {
    title: regions(base && [base.title], [mine.title], [theirs.title]),
    text: regions(base && lines(base.text), lines(mine.text), lines(theirs.text)),
  };
}

/** The note with the changes of both. @param choose - asked for each region that both changed, in order */
export function mergeNotes({ title, text }: NoteRegions, choose: (region: Region) => Side): Fields {
  const merged = (region: Region) => {
    if (region.whose === 'both') return region[choose(region)];
    return region.whose === 'theirs' ? region.theirs : region.mine;
  };
  return { title: title.flatMap(merged).join(' '), text: text.flatMap(merged).join('\n') };
}

const lines = (text: string) => text.split('\n');

function regions(base: string[] | null, mine: string[], theirs: string[]): Region[] {
  const old = base ?? [];
  const found = diff3MergeRegions(mine, old, theirs);
  const all: Region[] = [];
  let next = 0;
  const deleted = (end: number): Region => {
    const gone = old.slice(next, end);
    const byMe = diffIndices(old, mine).some(({ buffer1: [start] }) => start === next);
    return byMe
      ? { whose: 'mine', base: gone, mine: [], theirs: gone }
      : { whose: 'theirs', base: gone, mine: gone, theirs: [] };
  };
  found.forEach((region, index) => {
    const start = startInBase(region) ?? next;
    // The library has no region for lines that one side deleted, and the other left alone.
    if (start > next) all.push(deleted(start));
    // Nor does it say what a region of one side stands for: all of the base up to the next one.
    next = endInBase(region) ?? startInBase(found[index + 1]) ?? old.length;
    all.push(regionOf(region, old.slice(start, next)));
  });
  if (next < old.length) all.push(deleted(old.length));
  return all;
}

function regionOf(region: IRegion<string>, base: string[]): Region {
  if (!region.stable) return ofBoth(base, region.aContent, region.bContent);
  const { buffer, bufferContent } = region;
  if (buffer === 'o') return { whose: 'none', base, mine: base, theirs: base };
  if (buffer === 'a') return { whose: 'mine', base, mine: bufferContent, theirs: base };
  return { whose: 'theirs', base, mine: base, theirs: bufferContent };
}

function ofBoth(base: string[], mine: string[], theirs: string[]): Region {
  return { whose: mine.join('\n') === theirs.join('\n') ? 'alike' : 'both', base, mine, theirs };
}

function startInBase(region: IRegion<string> | undefined): number | undefined {
  if (!region?.stable) return region?.oStart;
  return region.buffer === 'o' ? region.bufferStart : undefined;
}

function endInBase(region: IRegion<string>): number | undefined {
  if (!region.stable) return region.oStart + region.oLength;
  return region.buffer === 'o' ? region.bufferStart + region.bufferLength : undefined;
}
