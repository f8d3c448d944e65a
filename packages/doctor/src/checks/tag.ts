import { type EntityTag, isWeak, parseEntityTag } from '@etag/core';
import { field, fieldLines } from '@etag/wire';
import { type Check, failed, passed, skipped } from '../check.ts';
import { differenceOf } from '../difference.ts';
import { fileTagOf } from '../file-tag.ts';
import { isEventStream, type Sent } from '../probe.ts';
import { stabilityOf } from '../stability.ts';
import { contentOf, isNoStore, offersRanges, type Subject } from '../subject.ts';
import { UNKNOWN } from './reads.ts';

/**
 * A 304 to a tag that was given once: somebody who recognises it keeps it for a reader.
 * Null where there is none, or where any tag is answered so.
 */
async function recognised(subject: Subject, tag: EntityTag): Promise<Sent | null> {
  const again = await subject.fresh([['If-None-Match', tag]]);
  if (again.response.status !== 304) return null;
  const other = await subject.read([['If-None-Match', UNKNOWN]]);
  return other.response.status === 304 ? null : again;
}

/** RFC 9110 §8.8: the tag of a plain read. */
export const tagChecks: readonly Check[] = [
  {
    id: 'tag-missing',
    title: 'the response has an entity tag',
    section: 'RFC 9110 §8.8.3.1',
    severity: 'warning',
    fix: 'Send an ETag: a version of the stored state, or a digest of the content. With @etag it is one line: app.use(etag()).',
    async run({ plain }) {
      const { headers } = plain.response;
      if (field(headers, 'etag') !== null) return passed;
      if (isEventStream(headers)) return skipped('An event stream has no tag.');
      if (isNoStore(plain.response)) return skipped('It is not to be stored (no-store).');
      const modified = field(headers, 'last-modified');
      const seen = modified === null ? 'neither ETag nor Last-Modified' : `only Last-Modified: ${modified}`;
      return failed('an ETag field', seen, plain);
    },
  },
  {
    id: 'tag-malformed',
    title: 'the ETag is an entity tag',
    section: 'RFC 9110 §8.8.3',
    severity: 'error',
    fix: 'Put the tag in double quotes, W/ before them where it is weak: "v7" or W/"v7".',
    async run({ plain }) {
      const [tag, ...others] = fieldLines(plain.response.headers, 'etag');
      if (tag === undefined || others.length > 0) return skipped('There is not exactly one ETag.');
      return parseEntityTag(tag) ? passed : failed('"…" or W/"…"', `ETag: ${tag}`, plain);
    },
  },
  {
    id: 'tag-repeated',
    title: 'the response has one ETag field',
    section: 'RFC 9110 §5.3',
    severity: 'error',
    fix: 'Two parts of the stack set a tag. Let one of them do it, and set instead of append.',
    async run({ plain }) {
      const tags = fieldLines(plain.response.headers, 'etag');
      return tags.length < 2 ? passed : failed('one ETag field', `${tags.length}: ${tags.join(' and ')}`, plain);
    },
  },
  {
    id: 'tag-changes',
    title: 'the tag stays while the content stays',
    section: 'RFC 9110 §8.8.1',
    severity: 'error',
    fix: 'Make the tag of the content or of a stored version, not of a time, a counter or a random value.',
    async run(subject) {
      if (!subject.tag) return skipped('There is no tag.');
      const found = stabilityOf(await subject.repeats());
      if (found.kind === 'changed') return skipped('The resource changed meanwhile.');
      if (found.kind !== 'per-request') return passed;
      if (await recognised(subject, subject.tag)) return skipped('See tag-tracker.');
      const seen = `another tag with each of ${found.tags.length} reads of the same bytes: ${found.tags.slice(0, 3).join(', ')}`;
      return failed('one tag for the same content', seen, ...found.sent);
    },
  },
  {
    id: 'tag-tracker',
    title: 'the tag names the content, not the reader',
    section: 'RFC 9110 §17.11',
    severity: 'warning',
    fix: 'Make the tag of the content. A tag that each reader gets anew and that is recognised later tells readers apart.',
    async run(subject) {
      if (!subject.tag) return skipped('There is no tag.');
      const found = stabilityOf(await subject.repeats());
      if (found.kind !== 'per-request') return passed;
      const again = await recognised(subject, subject.tag);
      if (!again) return passed;
      const seen = `a tag of its own for each of ${found.tags.length} readers of the same bytes, each answered 304 later`;
      return failed('one tag for the same content', seen, ...found.sent, again);
    },
  },
  {
    id: 'tag-per-node',
    title: 'every node and every process gives the same tag',
    section: 'RFC 9110 §8.8.1',
    severity: 'error',
    fix: 'Make the tag of what all nodes share: the content, or a stored version. Not of an inode, a start time, a counter or a salt of the process.',
    async run(subject) {
      if (!subject.tag) return skipped('There is no tag.');
      const found = stabilityOf(await subject.repeats());
      if (found.kind !== 'per-node') return passed;
      const seen = `${found.tags.length} tags for the same bytes, in turn: ${found.tags.slice(0, 3).join(', ')}. So each process or node has its own`;
      return failed('one tag for the same content', seen, ...found.sent);
    },
  },
  {
    id: 'tag-shared',
    title: 'one strong tag names one content',
    section: 'RFC 9110 §8.8.1',
    severity: 'critical',
    fix: 'Make the tag of all bytes that are sent, or mark it as weak. Two contents under one strong tag keep readers on the old one.',
    curl: [],
    async run(subject) {
      if (!subject.tag) return skipped('There is no tag.');
      const found = stabilityOf(await subject.repeats());
      if (found.kind !== 'shared') return passed;
      return failed('another tag for other bytes', `${found.tags[0]} for two contents`, ...found.sent);
    },
  },
  {
    id: 'content-changes',
    title: 'the content stays while nothing changed',
    section: 'RFC 9110 §8.8.1',
    severity: 'warning',
    fix: 'Move what is made anew for each response out of the content: into a field, a cookie or a second request. Or tag the stored version instead of the bytes.',
    curl: [],
    isLive: true,
    async run(subject) {
      const found = stabilityOf(await subject.repeats());
      if (found.kind !== 'content') return passed;
      const [a, b] = found.sent;
      const difference = a && b && differenceOf(contentOf(a.response), contentOf(b.response));
      if (!difference) return passed;
      const kind = difference.kind ? `, which looks like ${difference.kind}` : '';
      const seen = `other bytes with each read, from byte ${difference.at} on: "${difference.a}", then "${difference.b}"${kind}`;
      return failed('the same bytes twice', seen, ...found.sent);
    },
  },
  {
    id: 'tag-weak',
    title: 'a tag that guards writes or ranges is strong',
    section: 'RFC 9110 §8.8.1',
    severity: 'warning',
    fix: 'Send a strong tag: of a stored version, or of the exact bytes. A weak one never passes If-Match or If-Range.',
    async run({ plain, tag, settings }) {
      if (!tag) return skipped('There is no tag.');
      if (!isWeak(tag) || !(offersRanges(plain.response) || settings.write)) return passed;
      const why = settings.write ? 'a PUT needs it for If-Match' : 'Accept-Ranges: bytes invites If-Range';
      return failed('a strong tag', `${tag}, while ${why}`, plain);
    },
  },
  {
    id: 'tag-of-parts',
    title: 'the tag does not depend on how the content was uploaded',
    section: 'RFC 9110 §8.8.1',
    severity: 'note',
    fix: 'Upload in parts of the same size every time, or in one PUT: the tag is a digest of the digests of its parts, so the same bytes get another one in other parts, and it is not their MD5.',
    async run({ plain, tag }) {
      if (!tag) return skipped('There is no tag.');
      const [, parts] = /^"[0-9a-f]{32}-(\d{1,5})"$/.exec(tag) ?? [];
      if (parts === undefined) return passed;
      return failed('a tag of the content', `${tag}, as S3 makes it of an upload in ${parts} parts`, plain);
    },
  },
  {
    id: 'tag-of-file-time',
    title: 'the tag does not depend on the time of a file',
    section: 'RFC 9110 §8.8.1',
    severity: 'note',
    fix: 'Deploy files with the same times everywhere (rsync -t, tar, SOURCE_DATE_EPOCH), or serve tags of the content: a new deployment of the same bytes makes every reader fetch them again.',
    isLive: true,
    async run({ plain, tag, modified }) {
      if (!tag || modified === null) return skipped('There is no tag, or no Last-Modified.');
      const found = fileTagOf(tag, modified, plain.response.body.length);
      return found ? failed('a tag of the content', `${tag} is ${found}`, plain) : passed;
    },
  },
];
