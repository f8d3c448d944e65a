import { formatHttpDate } from '@etag/core';
import type { FieldLine } from '@etag/wire';
import { type Check, failed, passed, skipped, type Verdict } from '../check.ts';
import { answered304, answeredInFull, notAnswered304, unusable } from '../revalidation.ts';
import type { Subject } from '../subject.ts';
import { UNKNOWN } from './reads.ts';

const HOUR = 3_600_000;
const NO_DATE = 'There is no Last-Modified.';

/** A time between the last change and now: what a cache sends that was filled later. */
function later(modified: number): number {
  return Math.min(modified + HOUR, Date.now());
}

/** A check that has to be answered 304 by date. */
function hit(lines: (modified: number) => readonly FieldLine[]) {
  return async (subject: Subject): Promise<Verdict> =>
    subject.modified === null ? skipped(NO_DATE) : answered304(subject, lines(subject.modified));
}

/** A check that must not be answered 304. */
function miss(lines: (modified: number) => readonly FieldLine[], verdict = answeredInFull) {
  return async (subject: Subject): Promise<Verdict> =>
    subject.modified === null ? skipped(NO_DATE) : verdict(subject, lines(subject.modified));
}

/** RFC 9110 §13.1.3, §13.1.4: dates, and which of two validators counts. */
export const dateChecks: readonly Check[] = [
  {
    id: 'date-equal',
    title: 'If-Modified-Since with the very date is answered 304',
    section: 'RFC 9110 §13.1.3',
    severity: 'warning',
    fix: 'Without If-None-Match, evaluate If-Modified-Since, in whole seconds.',
    run: hit((modified) => [['If-Modified-Since', formatHttpDate(modified)]]),
  },
  {
    id: 'date-later',
    title: 'If-Modified-Since with a later date is answered 304',
    section: 'RFC 9110 §13.1.3',
    severity: 'note',
    fix: 'Compare dates by order, not for equality.',
    async run(subject) {
      const { modified } = subject;
      if (modified === null) return skipped(NO_DATE);
      if (later(modified) - modified < 1000) return skipped('It was modified just now.');
      const equal = await answered304(subject, [['If-Modified-Since', formatHttpDate(modified)]]);
      if (equal.kind !== 'passed') return skipped('Not even the very date is answered 304.');
      return answered304(subject, [['If-Modified-Since', formatHttpDate(later(modified))]]);
    },
  },
  {
    id: 'date-older',
    title: 'If-Modified-Since with an older date gets the content',
    section: 'RFC 9110 §13.1.3',
    severity: 'critical',
    fix: 'Compare the date with that of the last change. As it is, readers keep old content.',
    run: miss((modified) => [['If-Modified-Since', formatHttpDate(modified - HOUR)]]),
  },
  {
    id: 'date-invalid',
    title: 'what is not an HTTP-date is ignored',
    section: 'RFC 9110 §13.1.3',
    severity: 'warning',
    fix: 'Read dates with parseHttpDate of @etag/core, not with Date.parse, which takes "3000" for a year.',
    run: miss(() => [['If-Modified-Since', '3000']], notAnswered304),
  },
  {
    id: 'date-beside-other-tag',
    title: 'a date does not override a tag that does not match',
    section: 'RFC 9110 §13.2.2',
    severity: 'critical',
    fix: 'Ignore If-Modified-Since where there is an If-None-Match. As it is, two changes within a second hide the later one.',
    run: miss((modified) => [
      ['If-None-Match', UNKNOWN],
      ['If-Modified-Since', formatHttpDate(modified)],
    ]),
  },
  {
    id: 'date-beside-matching-tag',
    title: 'an older date does not override a tag that matches',
    section: 'RFC 9110 §13.2.2',
    severity: 'warning',
    fix: 'Ignore If-Modified-Since where there is an If-None-Match.',
    async run(subject) {
      const { modified, tag } = subject;
      if (modified === null) return skipped(NO_DATE);
      const why = await unusable(subject);
      if (why !== null) return skipped(why);
      return answered304(subject, [
        ['If-None-Match', tag as string],
        ['If-Modified-Since', formatHttpDate(modified - HOUR)],
      ]);
    },
  },
  {
    id: 'date-if-unmodified-since',
    title: 'If-Unmodified-Since with an older date fails a read',
    section: 'RFC 9110 §13.1.4',
    severity: 'note',
    fix: 'Evaluate If-Unmodified-Since on reads too.',
    async run(subject) {
      if (subject.modified === null) return skipped(NO_DATE);
      const sent = await subject.read([['If-Unmodified-Since', formatHttpDate(subject.modified - HOUR)]]);
      return sent.response.status === 412 ? passed : failed('status 412', `status ${sent.response.status}`, sent);
    },
  },
];
