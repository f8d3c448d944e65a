import { isWeak } from '@etag/core';
import { type FieldLine, field } from '@etag/wire';
import { type Check, failed, passed, skipped, type Verdict } from '../check.ts';
import { currentTag, firstWrite, isDone, marked, markerOf, NOT_SHOWN, newMarker, put } from '../draft.ts';
import type { Sent } from '../probe.ts';
import { type Subject, tagOf } from '../subject.ts';
import { UNKNOWN } from './reads.ts';

const LONG_AGO: FieldLine = ['If-Unmodified-Since', 'Sun, 06 Nov 1994 08:49:37 GMT'];
const GZIP: FieldLine = ['Accept-Encoding', 'gzip'];
const ONE_STEP =
  'Check the precondition in the same step that writes. With @etag/concurrency: replace(store, id, value, expectation(request))';

/** Writes a new marker under some preconditions. */
export async function write(subject: Subject, headers: readonly FieldLine[]): Promise<{ sent: Sent; marker: string }> {
  const marker = newMarker();
  const content = marked(subject.plain, marker) as Uint8Array;
  return { sent: await put(subject, content, headers), marker };
}

/** A server that refuses all writes, however it says so, does not show that it looks at their preconditions. */
const ALL_REFUSED = 'Every PUT is refused, the one with the current tag too.';

/** A write that has to be refused, whatever the tag of the resource. */
function refused(expected: string, headers: (subject: Subject) => readonly FieldLine[] | null) {
  return async (subject: Subject): Promise<Verdict> => {
    const { why } = await firstWrite(subject);
    if (why !== null) return skipped(why);
    const preconditions = headers(subject);
    if (preconditions === null) return skipped('There is no Last-Modified.');
    const { sent } = await write(subject, preconditions);
    if (isDone(sent)) return failed(expected, `status ${sent.response.status}: it was written`, sent);
    return subject.writes === 'done' ? passed : skipped(ALL_REFUSED);
  };
}

/** RFC 9110 §13.1: writes. Each changes the endpoint; what was there is restored at the end. */
export const writeChecks: readonly Check[] = [
  {
    id: 'write-current',
    title: 'a PUT with the tag that was just read is done',
    section: 'RFC 9110 §13.1.1',
    severity: 'error',
    fix: 'Compare If-Match with the tag that GET sends, strongly. If a proxy weakens it, see coding-tag-weakened; if GET and PUT make their tags of different things, make both of the stored version.',
    async run(subject) {
      const { sent, tag, why } = await firstWrite(subject);
      if (why !== null || sent === null) return skipped(why ?? 'Nothing was sent.');
      if (!tag || isWeak(tag))
        return skipped('Without a strong tag no write can be guarded; see tag-missing and tag-weak.');
      return isDone(sent) ? passed : failed('status 2xx', `status ${sent.response.status} to If-Match: ${tag}`, sent);
    },
  },
  {
    id: 'write-coded',
    title: 'a PUT with the tag of a compressed read is done',
    section: 'RFC 9110 §13.1.1',
    severity: 'error',
    fix: 'Readers that take codings, all browsers among them, can never save. Let the application compress, with @etag in front of its compression; or let it take weakened tags (acceptWeakened).',
    async run(subject) {
      const first = await firstWrite(subject);
      if (first.why !== null) return skipped(first.why);
      if (!first.tag || isWeak(first.tag)) return skipped('It has no strong tag even without a coding.');
      const read = await subject.fresh([GZIP]);
      const tag = tagOf(read.response);
      if (!tag || field(read.response.headers, 'content-encoding') === null)
        return skipped('It is not sent in any coding.');
      const { sent } = await write(subject, [['If-Match', tag]]);
      return isDone(sent)
        ? passed
        : failed('status 2xx', `status ${sent.response.status} to If-Match: ${tag}`, read, sent);
    },
  },
  {
    id: 'write-stale',
    title: 'a PUT with a tag that is not current is refused',
    section: 'RFC 9110 §13.1.1',
    severity: 'critical',
    fix: `The last writer overwrites what others saved. ${ONE_STEP}.`,
    run: refused('status 412', () => [['If-Match', UNKNOWN]]),
  },
  {
    id: 'write-refused-but-done',
    title: 'a PUT that is answered 412 is not done',
    section: 'RFC 9110 §13.1.1',
    severity: 'critical',
    fix: `The answer says that nothing was written, and it was. ${ONE_STEP}.`,
    curl: [],
    async run(subject) {
      const { why, isShown } = await firstWrite(subject);
      if (why !== null) return skipped(why);
      if (!isShown) return skipped(NOT_SHOWN);
      const { sent, marker } = await write(subject, [['If-Match', UNKNOWN]]);
      if (isDone(sent)) return skipped('It is not refused; see write-stale.');
      const after = await subject.fresh();
      if (markerOf(after) !== marker) return passed;
      return failed('the content from before', `status ${sent.response.status}, and it was written`, sent, after);
    },
  },
  {
    id: 'write-create',
    title: 'If-None-Match: * does not overwrite',
    section: 'RFC 9110 §13.1.2',
    severity: 'critical',
    fix: `Two clients that create the same resource overwrite each other. ${ONE_STEP}.`,
    run: refused('status 412', () => [['If-None-Match', '*']]),
  },
  {
    id: 'write-malformed',
    title: 'an If-Match that cannot be read lets no write through',
    section: 'RFC 9110 §13.1.1',
    severity: 'error',
    fix: 'Refuse it, with 412 or 400. A guard that is ignored guards nothing.',
    run: refused('status 412 or 400', () => [['If-Match', 'etag-doctor-unquoted']]),
  },
  {
    id: 'write-date',
    title: 'If-Unmodified-Since with an old date is refused',
    section: 'RFC 9110 §13.1.4',
    severity: 'error',
    fix: `Clients that know only dates overwrite what others saved. ${ONE_STEP}.`,
    run: refused('status 412', ({ modified }) => (modified === null ? null : [LONG_AGO])),
  },
  {
    id: 'write-unguarded',
    title: 'a PUT without a precondition is refused',
    section: 'RFC 6585 §3',
    severity: 'warning',
    fix: 'Answer 428 where If-Match is missing, so that no client overwrites by forgetting it. With @etag: expectation(request, { require: true }).',
    run: refused('status 428', () => []),
  },
  {
    id: 'write-tag',
    title: 'the tag of a PUT is that of the next GET',
    section: 'RFC 9110 §9.3.4',
    severity: 'error',
    fix: 'Send the tag of the stored state with the PUT, or none. A client that edits again with the wrong tag is refused.',
    async run(subject) {
      const { why } = await firstWrite(subject);
      if (why !== null) return skipped(why);
      const tag = await currentTag(subject);
      const { sent, marker } = await write(subject, tag ? [['If-Match', tag]] : []);
      const own = tagOf(sent.response);
      if (!isDone(sent) || !own) return skipped('The PUT is not done, or carries no tag.');
      const after = await subject.fresh();
      if (markerOf(after) !== marker) return skipped('Somebody else writes, or the content is stored otherwise.');
      const next = tagOf(after.response);
      return next === own ? passed : failed(`ETag: ${own}`, next ? `ETag: ${next}` : 'no ETag', sent, after);
    },
  },
];
