import { type EntityTag, formatHttpDate, isWeak, weakCompare } from '@etag/core';
import type { FieldLine } from '@etag/wire';
import { type Check, failed, passed, skipped, type Verdict } from '../check.ts';
import { offersRanges, type Subject, tagOf } from '../subject.ts';
import { UNKNOWN } from './reads.ts';

const RANGE: FieldLine = ['Range', 'bytes=0-0'];
const HOUR = 3_600_000;
const NO_RANGES = 'It serves no ranges.';

/** Whether a range is answered with a part. */
async function servesRanges(subject: Subject): Promise<boolean> {
  return (await subject.read([RANGE])).response.status === 206;
}

/** A check of a validator that must not let a part through. */
function refused(ifRange: (subject: Subject) => string | null) {
  return async (subject: Subject): Promise<Verdict> => {
    const value = ifRange(subject);
    if (value === null || !(await servesRanges(subject))) return skipped(NO_RANGES);
    const sent = await subject.read([RANGE, ['If-Range', value]]);
    const { status } = sent.response;
    if (status === 206) return failed('status 200, with all content', 'status 206', sent);
    return status === 200 ? passed : skipped(`It is answered ${status}.`);
  };
}

const SPLICE = 'As it is, a download that is resumed is put together from parts of two versions.';

/** RFC 9110 §13.1.5, §14: ranges, which If-Range keeps to one version. */
export const rangeChecks: readonly Check[] = [
  {
    id: 'range-stale',
    title: 'If-Range with another tag gets the whole content',
    section: 'RFC 9110 §13.1.5',
    severity: 'critical',
    fix: `Evaluate If-Range before Range, with evaluateRange of @etag/core. ${SPLICE}`,
    run: refused(() => UNKNOWN),
  },
  {
    id: 'range-weak',
    title: 'If-Range compares strongly',
    section: 'RFC 9110 §13.1.5',
    severity: 'error',
    fix: `A weak tag does not name bytes: answer it with the whole content. ${SPLICE}`,
    run: refused(({ tag }) => (tag === null ? null : isWeak(tag) ? tag : `W/${tag}`)),
  },
  {
    id: 'range-later-date',
    title: 'If-Range with a later date gets the whole content',
    section: 'RFC 9110 §13.1.5',
    severity: 'critical',
    fix: `Compare the date of If-Range for equality with Last-Modified, not by order. ${SPLICE}`,
    run: refused(({ modified }) => (modified === null ? null : formatHttpDate(modified + HOUR))),
  },
  {
    id: 'range-current',
    title: 'If-Range with the current strong tag gets the part',
    section: 'RFC 9110 §13.1.5',
    severity: 'note',
    fix: 'Compare If-Range with the current tag. As it is, a download that is resumed begins anew.',
    async run(subject) {
      const { tag } = subject;
      if (!tag || isWeak(tag) || !(await servesRanges(subject))) return skipped(NO_RANGES);
      const sent = await subject.read([RANGE, ['If-Range', tag]]);
      const { status } = sent.response;
      const now = tagOf(sent.response);
      if (status === 200 && now && !weakCompare(now, tag)) return skipped('The resource changed meanwhile.');
      return status === 206 ? passed : failed('status 206', `status ${status}`, sent);
    },
  },
  {
    id: 'range-tag',
    title: 'a 206 carries the tag of the 200',
    section: 'RFC 9110 §15.3.7',
    severity: 'error',
    fix: 'Set the ETag before the content is cut: without it nobody knows which version a part belongs to.',
    async run(subject) {
      if (!subject.tag || !(await servesRanges(subject))) return skipped(NO_RANGES);
      const sent = await subject.read([RANGE]);
      const own = tagOf(sent.response);
      if (own === null) return failed(`ETag: ${subject.tag}`, 'no ETag', sent);
      return weakCompare(own, subject.tag as EntityTag) ? passed : skipped('The resource changed meanwhile.');
    },
  },
  {
    id: 'range-ignored',
    title: 'Accept-Ranges: bytes is true',
    section: 'RFC 9110 §14.3',
    severity: 'note',
    fix: 'Serve ranges, or do not say Accept-Ranges: bytes.',
    async run(subject) {
      if (!offersRanges(subject.plain.response)) return skipped(NO_RANGES);
      if (subject.plain.response.body.length === 0) return skipped('It has no content.');
      const sent = await subject.read([RANGE]);
      return sent.response.status === 206 ? passed : failed('status 206', `status ${sent.response.status}`, sent);
    },
  },
];
