// Slow, and close to the letter of RFC 9110 §14.2 and §14.1.2.
import { readTag } from './entity-tags.ts';
import { readDate } from './http-date.ts';
import type { PlainRequest, PlainState } from './preconditions.ts';

export type ExpectedRange =
  | { kind: 'full' }
  | { kind: 'unsatisfiable' }
  | { kind: 'partial'; ranges: { start: number; end: number }[] };

/** How many ranges are taken: docs of core, after §17.15. */
const MOST = 16;

/** What is sent of a representation of so many bytes. */
export function decideRange(
  { method, fields }: PlainRequest,
  current: NonNullable<PlainState>,
  length: number,
  now: number,
): ExpectedRange {
  const { range, 'if-range': ifRange } = fields;
  if (method !== 'GET' || range === undefined || length === 0) return { kind: 'full' };
  if (ifRange !== undefined && !ifRangeHolds(ifRange, current, now)) return { kind: 'full' };
  const specs = specsOf(range);
  if (!specs || specs.length > MOST) return { kind: 'full' };
  const ranges: { start: number; end: number }[] = [];
  for (const { first, last } of specs) {
    const start = first ?? (last as bigint) * -1n + BigInt(length);
    const from = start < 0n ? 0n : start;
    const to = first === null || last === null || last >= BigInt(length) ? BigInt(length) - 1n : last;
    if (from < BigInt(length)) ranges.push({ start: Number(from), end: Number(to) });
  }
  if (ranges.length === 0) return { kind: 'unsatisfiable' };
  let total = 0;
  for (const { start, end } of ranges) total += end - start + 1;
  return total > length ? { kind: 'full' } : { kind: 'partial', ranges };
}

interface Spec {
  readonly first: bigint | null;
  readonly last: bigint | null;
}

/** Null where it is in another unit or malformed. */
function specsOf(range: string): Spec[] | null {
  const [, set] = /^bytes=(.*)$/is.exec(range) ?? [];
  if (set === undefined) return null;
  const specs: Spec[] = [];
  for (const element of set.split(',')) {
    const text = element.replace(/^[ \t]*/, '').replace(/[ \t]*$/, '');
    if (text === '') continue;
    const [, first = '', last = ''] = /^([0-9]*)-([0-9]*)$/.exec(text) ?? [];
    if (first === '' && last === '') return null;
    const spec = { first: first === '' ? null : BigInt(first), last: last === '' ? null : BigInt(last) };
    if (spec.first !== null && spec.last !== null && spec.last < spec.first) return null;
    specs.push(spec);
  }
  return specs.length === 0 ? null : specs;
}

/** §13.1.5: an exact match by a strong validator; §8.8.2.2: a date is one when its second is over. */
function ifRangeHolds(value: string, current: NonNullable<PlainState>, now: number): boolean {
  const sent = readTag(value);
  if (sent) {
    const tag = current.etag ? readTag(current.etag) : null;
    return tag !== null && !tag.weak && !sent.weak && tag.opaque === sent.opaque;
  }
  const date = readDate(value, now);
  if (date === null || current.lastModified == null) return false;
  return Math.floor(current.lastModified / 1000) === date && now >= (date + 1) * 1000;
}
