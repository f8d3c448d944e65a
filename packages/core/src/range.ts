import { skipOws } from './entity-tag.js';
import { ifRangeHolds } from './if-range.js';
import { fieldValue, type RequestHead } from './request-head.js';
import type { ResourceState } from './resource-state.js';

/** A part of a representation: the offsets in bytes of its first and its last byte, both included. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** What a Range comes to: `full` → 200, `partial` → 206 with these parts, `unsatisfiable` → 416. */
export type RangeDecision =
  | { readonly kind: 'full' }
  | { readonly kind: 'partial'; readonly ranges: readonly ByteRange[] }
  | { readonly kind: 'unsatisfiable' };

export interface RangeOptions {
  /** ms since the epoch, to tell whether a Last-Modified date is a strong validator. @default the current time */
  now?: number | undefined;
}

const FULL: RangeDecision = Object.freeze({ kind: 'full' });
const UNSATISFIABLE: RangeDecision = Object.freeze({ kind: 'unsatisfiable' });
/** RFC 9110 §17.15: a request for more ranges than a client needs gets the full response. */
const MAX_RANGES = 16;
const COMMA = 0x2c;
const DASH = 0x2d;

/**
 * Decides what to send of a representation for a `Range` field, `If-Range` included. Evaluate the preconditions first: a
 * Range matters only where the plain answer is 200.
 *
 * @param request - the method and the header fields; only GET takes a Range
 * @param current - the validators of the selected representation
 * @param completeLength - the length of the selected representation in bytes
 * @returns full for an absent, malformed, foreign or excessive Range and for a failed If-Range; else the satisfiable
 *   ranges in the order asked for, ends clamped; else unsatisfiable
 * @see RFC 9110 §14.2, §14.1.2, §13.1.5
 */
export function evaluateRange(
  request: RequestHead,
  current: ResourceState,
  completeLength: number,
  options?: RangeOptions,
): RangeDecision {
  // RFC 9110 §14.2: GET is the only method for which range handling is defined
  if (request.method !== 'GET') return FULL;
  const range = fieldValue(request.headers, 'range');
  // RFC 9110 §14.2: MAY ignore Range when the selected representation has no content
  if (range === null || completeLength === 0) return FULL;
  // RFC 9110 §13.2.2 step 5
  const ifRange = fieldValue(request.headers, 'if-range');
  if (ifRange !== null && !ifRangeHolds(ifRange, current, options?.now ?? Date.now())) return FULL;

  const ranges = parseByteRanges(range, completeLength);
  if (!ranges || overlapExcessively(ranges)) return FULL;
  return ranges.length === 0 ? UNSATISFIABLE : { kind: 'partial', ranges };
}

/** The satisfiable ranges; null when the specifier is malformed, in another unit, or asks for too many. */
function parseByteRanges(range: string, completeLength: number): ByteRange[] | null {
  // ranges-specifier = range-unit "=" range-set ; range-set = 1#range-spec ; range units are case-insensitive
  if (range.slice(0, 6).toLowerCase() !== 'bytes=') return null;
  const ranges: ByteRange[] = [];
  let count = 0;
  for (let i = skipOws(range, 6); i < range.length; i = skipOws(range, i)) {
    if (range.charCodeAt(i) === COMMA) {
      i++;
      continue;
    }
    // int-range = first-pos "-" [ last-pos ] ; suffix-range = "-" suffix-length
    const dash = skipDigits(range, i);
    if (range.charCodeAt(dash) !== DASH || ++count > MAX_RANGES) return null;
    const end = skipDigits(range, dash + 1);
    const first = dash > i ? toPosition(range.slice(i, dash)) : null;
    const last = end > dash + 1 ? toPosition(range.slice(dash + 1, end)) : null;
    if (first === null ? last === null : last !== null && last < first) return null;
    const satisfiable = resolve(first, last, completeLength);
    if (satisfiable) ranges.push(satisfiable);
    i = skipOws(range, end);
    if (i < range.length && range.charCodeAt(i) !== COMMA) return null;
  }
  return count > 0 ? ranges : null;
}

function skipDigits(text: string, start: number): number {
  let i = start;
  while (text.charCodeAt(i) >= 0x30 && text.charCodeAt(i) <= 0x39) i++;
  return i;
}

/** RFC 9110 §14.1.2: large numerals must not overflow; past the largest safe integer all positions are the same. */
function toPosition(digits: string): number {
  return Math.min(Number(digits), Number.MAX_SAFE_INTEGER);
}

/** The range in bytes from the start, its end clamped; null when it is unsatisfiable. */
function resolve(first: number | null, last: number | null, completeLength: number): ByteRange | null {
  if (first === null) {
    const suffix = last as number;
    return suffix > 0 ? { start: Math.max(0, completeLength - suffix), end: completeLength - 1 } : null;
  }
  if (first >= completeLength) return null;
  return { start: first, end: Math.min(last ?? completeLength - 1, completeLength - 1) };
}

/** RFC 9110 §14.2: more than two overlapping ranges are a broken client or an attack. */
function overlapExcessively(ranges: readonly ByteRange[] | null): boolean {
  if (!ranges || ranges.length < 3) return false;
  const sorted = [...ranges].sort((a, b) => a.start - b.start);
  let overlaps = 0;
  let end = -1;
  for (const range of sorted) {
    if (range.start <= end) overlaps++;
    end = Math.max(end, range.end);
  }
  return overlaps > 1;
}
