import { ifRangeHolds } from './if-range.ts';
import { fieldValue, type RequestHead } from './request-head.ts';
import type { ResourceState } from './resource-state.ts';

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

/** What a decision on a Range depends on beside the request. */
export interface RangeOptions {
  /** ms since the epoch, to tell whether a Last-Modified date is a strong validator. @default the current time */
  now?: number | undefined;
}

const FULL: RangeDecision = /* @__PURE__ */ Object.freeze({ kind: 'full' });
const UNSATISFIABLE: RangeDecision = /* @__PURE__ */ Object.freeze({ kind: 'unsatisfiable' });
/** RFC 9110 §17.15: a request for more ranges than a client needs gets the full response. */
const MAX_RANGES = 16;

/**
 * Decides what to send of a representation for a `Range` field, `If-Range` included. Evaluate the preconditions first: a
 * Range matters only where the plain answer is 200.
 *
 * @param request - the method and the header fields; only GET takes a Range
 * @param current - the validators of the selected representation
 * @param completeLength - the length of the selected representation in bytes
 * @param options - `now`; @default the current time
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
  if (ranges?.length === 0) return UNSATISFIABLE;
  // RFC 9110 §14.2, §17.15: overlapping ranges that come to more than the whole are a broken client or an attack
  const total = ranges?.reduce((sum, { start, end }) => sum + end - start + 1, 0) ?? 0;
  return ranges && total <= completeLength ? { kind: 'partial', ranges } : FULL;
}

// ranges-specifier = range-unit "=" range-set ; range-set = 1#range-spec ; range units are case-insensitive
const BYTES = /^bytes=/i;
// int-range = first-pos "-" [ last-pos ] ; suffix-range = "-" suffix-length
const RANGE_SPEC = /^[ \t]*(\d*)-(\d*)[ \t]*$/;

/** The satisfiable ranges; null when the specifier is malformed, in another unit, or asks for too many. */
function parseByteRanges(range: string, completeLength: number): ByteRange[] | null {
  if (!BYTES.test(range)) return null;
  const specs = range
    .slice(6)
    .split(',')
    // RFC 9110 §5.6.3: whitespace is spaces and tabs, not what trim() takes for it
    .filter((spec) => /[^ \t]/.test(spec));
  if (specs.length === 0 || specs.length > MAX_RANGES) return null;
  const ranges: ByteRange[] = [];
  for (const spec of specs) {
    const [, first, last] = RANGE_SPEC.exec(spec) ?? [];
    if (!first && !last) return null;
    // RFC 9110 §14.1.2: numerals may be of any size; Number takes them without overflow, if not to the last digit
    const start = first ? Number(first) : Math.max(0, completeLength - Number(last));
    const end = first && last ? Number(last) : Number.POSITIVE_INFINITY;
    if (end < start) return null;
    if (start < completeLength) ranges.push({ start, end: Math.min(end, completeLength - 1) });
  }
  return ranges;
}
