import type { EntityTag, RangeDecision } from '@etag/core';
import { type Directives, parseCacheControl } from '../../../../packages/client/src/cache-control.ts';
import { nominated } from '../../../../packages/client/src/vary.ts';
import type { Core } from '../properties/properties.ts';

/** What holds of what a reader makes of a text. It throws where it does not. */
type Law = (core: Core, text: string, given: never) => void;

function same(what: string, given: unknown, right: unknown): void {
  const [left, other] = [JSON.stringify(given), JSON.stringify(right)];
  if (left !== other) throw new Error(`${what}: ${left}, and not ${other}`);
}

function readsRange(_: Core, __: string, given: RangeDecision): void {
  if (given.kind !== 'partial') return;
  const isInside = given.ranges.every(({ start, end }) => start >= 0 && start <= end && end < 1000);
  same('the ranges are inside of the whole', isInside, true);
  const total = given.ranges.reduce((sum, { start, end }) => sum + end - start + 1, 0);
  same('they come to no more than the whole', total <= 1000, true);
}

/** By the name of the reader; most are that what is written of what was read is read again as the same. */
export const LAWS: Readonly<Record<string, Law>> = {
  parseEntityTag(core, _, given: EntityTag | null) {
    if (given === null) return;
    same('read again', core.parseEntityTag(given), given);
    same('in a list', core.parseEntityTagList(`, ${given} ,`), [given]);
    same('compared with itself', core.weakCompare(given, given), true);
  },
  parseEntityTagList(core, _, given: '*' | EntityTag[] | null) {
    if (given === null || given === '*') return;
    same('read again', core.parseEntityTagList(given.join(',')), given);
    for (const tag of given) same('one of them', core.parseEntityTag(tag), tag);
  },
  parseHttpDate(core, _, given: number | null) {
    if (given !== null) same('read again', core.parseHttpDate(core.formatHttpDate(given)), given);
  },
  versionOf(core, text, given: string | null) {
    if (given !== null) same('made again', core.versionOf(core.versionTag(given)), given);
    if (given !== null) same('a tag', core.parseEntityTag(text) !== null, true);
  },
  versionTag(core, text, given: EntityTag | null) {
    if (given !== null) same('read again', core.versionOf(given), text);
  },
  'codedTag of a tag': (core, text, given: EntityTag) => {
    if (core.parseEntityTag(text) === text) same('a tag', core.parseEntityTag(given), given);
  },
  'evaluateRange by Range': readsRange,
  'client: Cache-Control': (_, __, given: Directives) => {
    // In quotes these would mean something else.
    if ([...given.values()].some((value) => /["\\]/.test(value))) return;
    const again = [...given].map(([name, value]) => `${name}="${value}"`).join(', ');
    same('read again', [...parseCacheControl(again)], [...given]);
    const twice = [again, ...[...given.keys()].map((name) => `${name}=twice`), 'another=1'].join(', ');
    same(
      'the first of each, and one more',
      [...parseCacheControl(twice)],
      [...new Map([...given, ['another', given.get('another') ?? '1']])],
    );
  },
  'client: Vary': (_, __, given: string[] | null) => {
    if (given !== null) same('read again', nominated(given.join(', ')), given);
  },
};
