import { weakCompare } from '@etag/core';
import { field, type WireResponse } from '@etag/wire';
import { type Check, failed, passed, skipped, type Verdict } from '../check.ts';
import type { Sent } from '../probe.ts';
import { hitOf, unusable } from '../revalidation.ts';
import { type Subject, tagOf } from '../subject.ts';

/** A check of the 304 beside the 200 that it stands for. */
function of304(look: (subject: Subject, notModified: Sent, full: Sent) => Verdict) {
  return async (subject: Subject): Promise<Verdict> => {
    const why = await unusable(subject);
    return why === null ? look(subject, await hitOf(subject), subject.plain) : skipped(why);
  };
}

/** The names that a Vary field lists. */
export function varyOf({ headers }: WireResponse): string[] {
  return (field(headers, 'vary') ?? '')
    .toLowerCase()
    .split(/[\s,]+/)
    .filter(Boolean);
}

/** RFC 9110 §15.4.5: what a 304 has to send where the 200 would have it; the tag and Vary have checks of their own. */
const REQUIRED = ['Cache-Control', 'Content-Location', 'Date', 'Expires'];

/** What describes content, and is not to be sent without it. */
const METADATA = ['Content-Encoding', 'Content-Language', 'Content-Type', 'Content-Range'];

const missing = ({ headers: full }: WireResponse, { headers }: WireResponse, names: readonly string[]) =>
  names.filter((name) => field(full, name) !== null && field(headers, name) === null);

/** A 200 that comes sooner than this says nothing, in ms: the way to the server may take as long. */
const SLOW = 500;

/** How much of the time of the 200 a 304 may take. */
const SHARE = 0.8;

const ROUNDS = 3;

/** When the first byte after the header section came, or the response ended, in ms. */
const firstByteOf = ({ firstByteAfter, completeAfter }: WireResponse) => firstByteAfter ?? completeAfter;

/** Compares the fastest of a few reads with the fastest of as many revalidations: load makes some slow, and none fast. */
async function isSlow(subject: Subject): Promise<Verdict> {
  if (firstByteOf(subject.plain.response) < SLOW) return skipped('The 200 comes soon.');
  const why = await unusable(subject);
  if (why !== null) return skipped(why);
  const full = [subject.plain];
  const notModified = [await hitOf(subject)];
  while (full.length < ROUNDS) {
    full.push(await subject.fresh());
    notModified.push(await subject.fresh([['If-None-Match', subject.tag as string]]));
  }
  const isOf = (status: number) => (sent: Sent) => sent.response.status === status;
  if (!full.every(isOf(200)) || !notModified.every(isOf(304))) return skipped('The resource changed meanwhile.');
  const fastest = (some: readonly Sent[]) => Math.round(Math.min(...some.map(({ response }) => firstByteOf(response))));
  const [slow, slower] = [fastest(full), fastest(notModified)];
  if (slow < SLOW) return skipped('The 200 comes soon.');
  if (slower < slow * SHARE) return passed;
  const seen = `${slower} ms for a 304, ${slow} ms for a 200, each the fastest of ${ROUNDS}`;
  return failed('a 304 in less time', seen, subject.plain, await hitOf(subject));
}

/** RFC 9110 §15.4.5: the 304 itself. */
export const notModifiedChecks: readonly Check[] = [
  {
    id: 'not-modified-framing',
    title: 'a 304 ends with its header section',
    section: 'RFC 9112 §6.3',
    severity: 'critical',
    fix: 'Send no content with a 304. On a connection that is used again, these bytes are read as the start of the next response.',
    curl: ['-v'],
    isLive: true,
    run: of304((_, notModified) => {
      const { fault } = notModified.response;
      return fault === null ? passed : failed('nothing after the header section', fault, notModified);
    }),
  },
  {
    id: 'not-modified-length',
    title: 'a Content-Length of a 304 is that of the 200',
    section: 'RFC 9110 §8.6',
    severity: 'warning',
    fix: 'Remove Content-Length from the 304: some clients and caches take the wrong one for the length of what they have stored.',
    isLive: true,
    run: of304((_, notModified, full) => {
      const length = field(notModified.response.headers, 'content-length');
      const { body, isCut } = full.response;
      if (length === null || isCut || length === String(body.length)) return passed;
      return failed(`no Content-Length, or ${body.length}`, `Content-Length: ${length}`, notModified);
    }),
  },
  {
    id: 'not-modified-closes',
    title: 'a 304 leaves the connection open where the 200 does',
    section: 'RFC 9112 §9.3',
    severity: 'warning',
    fix: 'Do not close the connection after a 304: a new one costs more than the content that was saved.',
    isLive: true,
    async run(subject) {
      const why = await unusable(subject);
      if (why !== null) return skipped(why);
      const full = await subject.read([], { keepAlive: true });
      if (!full.response.staysOpen) return skipped('The 200 closes the connection too.');
      const notModified = await subject.read([['If-None-Match', subject.tag as string]], { keepAlive: true });
      return notModified.response.staysOpen ? passed : failed('an open connection', 'a closed one', full, notModified);
    },
  },
  {
    id: 'not-modified-slow',
    title: 'a 304 comes sooner than a slow 200',
    section: 'RFC 9110 §13.2.1',
    severity: 'note',
    fix: 'Look up the version before the content is made: a 304 that is made by making all content saves bytes and no work. With @etag: etag({ current }).',
    curl: ['-o', '/dev/null', '-w', 'after %{time_starttransfer} s'],
    isLive: true,
    run: isSlow,
  },
  {
    id: 'not-modified-tag',
    title: 'a 304 carries the tag of the 200',
    section: 'RFC 9110 §15.4.5',
    severity: 'error',
    fix: 'Set the same ETag on the 304: by it a cache finds the response that it may use again.',
    run: of304(({ tag }, notModified, full) => {
      const own = tagOf(notModified.response);
      if (own === null) return failed(`ETag: ${tag}`, 'no ETag', notModified);
      return tag && weakCompare(own, tag) ? passed : failed(`ETag: ${tag}`, `ETag: ${own}`, full, notModified);
    }),
  },
  {
    id: 'not-modified-fields',
    title: 'a 304 has the fields of the 200 that caches need',
    section: 'RFC 9110 §15.4.5',
    severity: 'warning',
    fix: 'Set Cache-Control, Content-Location, Date and Expires before the response is cut down to a 304.',
    run: of304((_, notModified, full) => {
      const names = missing(full.response, notModified.response, REQUIRED);
      return names.length === 0
        ? passed
        : failed(names.join(', '), names.length === 1 ? 'a 304 without it' : 'a 304 without them', full, notModified);
    }),
  },
  {
    id: 'not-modified-vary',
    title: 'a 304 varies like the 200',
    section: 'RFC 9110 §15.4.5',
    severity: 'warning',
    fix: 'Send the same Vary with the 304: without it a cache may give the stored response to a request that it is not for.',
    async run(subject) {
      const why = await unusable(subject);
      if (why !== null) return skipped(why);
      const notModified = await hitOf(subject);
      const own = varyOf(notModified.response);
      const absent = varyOf(subject.plain.response).filter((name) => !own.includes(name));
      if (absent.length === 0) return passed;
      return failed(`Vary: ${absent.join(', ')}`, 'a 304 without it', subject.plain, notModified);
    },
  },
  {
    id: 'not-modified-metadata',
    title: 'a 304 does not describe content that it does not have',
    section: 'RFC 9110 §15.4.5',
    severity: 'note',
    fix: 'Remove Content-Type, Content-Encoding, Content-Language and Content-Range from the 304.',
    run: of304((_, notModified) => {
      const names = METADATA.filter((name) => field(notModified.response.headers, name) !== null);
      return names.length === 0 ? passed : failed('none of these', names.join(', '), notModified);
    }),
  },
];
