import { formatHttpDate, parseHttpDate } from '@etag/core';
import { field } from '@etag/wire';
import { type Check, failed, passed, skipped } from '../check.ts';

const DAY = 86_400_000;

/** Times that stand for none: what archives and build tools write into files. */
const PLACEHOLDERS = [0, Date.UTC(1980, 0, 1), Date.UTC(1985, 9, 26, 8, 15)];

/** RFC 9110 §8.8.2: Last-Modified of a plain read. */
export const modifiedChecks: readonly Check[] = [
  {
    id: 'modified-malformed',
    title: 'Last-Modified is an HTTP-date',
    section: 'RFC 9110 §8.8.2, §5.6.7',
    severity: 'error',
    fix: 'Send the time as Sun, 06 Nov 1994 08:49:37 GMT; every other format is ignored or misread.',
    async run({ plain }) {
      const value = field(plain.response.headers, 'last-modified');
      if (value === null) return skipped('There is no Last-Modified.');
      return parseHttpDate(value) === null ? failed('an HTTP-date', `Last-Modified: ${value}`, plain) : passed;
    },
  },
  {
    id: 'modified-in-future',
    title: 'Last-Modified is not later than Date',
    section: 'RFC 9110 §8.8.2.1',
    severity: 'warning',
    fix: 'Set the clock, or cut the time off at that of the response.',
    async run({ plain, modified }) {
      const date = parseHttpDate(field(plain.response.headers, 'date') ?? '');
      if (modified === null || date === null) return skipped('There is no Last-Modified, or no Date.');
      if (modified <= date) return passed;
      return failed(`at most ${formatHttpDate(date)}`, `Last-Modified: ${formatHttpDate(modified)}`, plain);
    },
  },
  {
    id: 'modified-placeholder',
    title: 'Last-Modified is a real time',
    section: 'RFC 9110 §8.8.2',
    severity: 'warning',
    fix: 'Do not send the time of files whose times were normalised (SOURCE_DATE_EPOCH, npm, Nix, zip): it never changes, so nobody learns of a new version by date.',
    async run({ plain, modified }) {
      if (modified === null) return skipped('There is no Last-Modified.');
      const isPlaceholder = PLACEHOLDERS.some((time) => Math.abs(modified - time) < DAY);
      return isPlaceholder ? failed('the time of the last change', formatHttpDate(modified), plain) : passed;
    },
  },
];
