import { type EntityTag, isWeak } from '@etag/core';
import type { FieldLine } from '@etag/wire';
import { type Check, failed, passed, skipped, type Verdict } from '../check.ts';
import { answered304, answeredInFull, hitOf, notAnswered304, unusable } from '../revalidation.ts';
import { type Subject, tagOf } from '../subject.ts';

/** A tag that no resource has. */
export const UNKNOWN: EntityTag = '"etag-doctor-unknown"';

/** The tag in its other form: a strong one as weak, a weak one as strong. */
function otherForm(tag: EntityTag): string {
  return isWeak(tag) ? tag.slice(2) : `W/${tag}`;
}

/** The characters of a tag without its quotes. */
function bare(tag: EntityTag): string {
  return (isWeak(tag) ? otherForm(tag) : tag).slice(1, -1);
}

/** A check of a list that holds the tag: it has to be answered 304. */
function holding(lines: (tag: EntityTag) => readonly FieldLine[]) {
  return async (subject: Subject): Promise<Verdict> => {
    const why = await unusable(subject);
    return why === null ? answered304(subject, lines(subject.tag as EntityTag)) : skipped(why);
  };
}

/** A check of a value that does not hold the tag: it has to be answered in full. */
function withoutIt(lines: (tag: EntityTag) => readonly FieldLine[], verdict = notAnswered304) {
  return async (subject: Subject): Promise<Verdict> => {
    return subject.tag ? verdict(subject, lines(subject.tag)) : skipped('There is no tag.');
  };
}

const CHANGED = 'The resource changed meanwhile.';

const UPGRADE =
  'Read If-None-Match with a parser of the standard (parseEntityTagList of @etag/core), or let @etag answer.';

/** RFC 9110 §13.1.2: If-None-Match on reads. */
export const readChecks: readonly Check[] = [
  {
    id: 'read-hit',
    title: 'a reader that has the content gets a 304',
    section: 'RFC 9110 §13.1.2',
    severity: 'error',
    fix: 'Evaluate If-None-Match. A framework that sets tags does not always compare them: mount its middleware for conditional requests before the route. With @etag: app.use(etag()).',
    async run(subject) {
      if (!subject.tag) return skipped('There is no tag.');
      const sent = await hitOf(subject);
      if (sent.response.status !== 200) return answered304(subject, [['If-None-Match', subject.tag]]);
      // Once more, with the tag of this very response: a 304 may be late by one change.
      const tag = tagOf(sent.response);
      const again = tag && (await subject.fresh([['If-None-Match', tag]]));
      if (again?.response.status === 304) return skipped('The resource changed meanwhile.');
      return answered304(subject, [['If-None-Match', subject.tag]]);
    },
  },
  {
    id: 'read-other-form',
    title: 'If-None-Match compares weakly',
    section: 'RFC 9110 §8.8.3.2',
    severity: 'warning',
    fix: `Compare the opaque tags, without W/: proxies that compress weaken tags. ${UPGRADE}`,
    run: holding((tag) => [['If-None-Match', otherForm(tag)]]),
  },
  {
    id: 'read-list',
    title: 'a list of tags is searched',
    section: 'RFC 9110 §13.1.2',
    severity: 'warning',
    fix: `Caches ask with all the tags that they hold. ${UPGRADE}`,
    run: holding((tag) => [['If-None-Match', `${UNKNOWN}, ${tag}`]]),
  },
  {
    id: 'read-comma',
    title: 'a comma within quotes is part of a tag',
    section: 'RFC 9110 §8.8.3',
    severity: 'note',
    fix: `Do not split the list at every comma. ${UPGRADE}`,
    run: holding((tag) => [['If-None-Match', `"etag,doctor", ${tag}`]]),
  },
  {
    id: 'read-lines',
    title: 'a list may stand on several lines',
    section: 'RFC 9110 §5.3',
    severity: 'note',
    fix: 'Join the lines of a repeated field by commas before you read it.',
    run: holding((tag) => [
      ['If-None-Match', UNKNOWN],
      ['If-None-Match', tag],
    ]),
  },
  {
    id: 'read-any',
    title: 'If-None-Match: * is answered 304 where something exists',
    section: 'RFC 9110 §13.1.2',
    severity: 'note',
    fix: UPGRADE,
    run: holding(() => [['If-None-Match', '*']]),
  },
  {
    id: 'read-no-cache',
    title: 'Cache-Control: no-cache in a request does not prevent a 304',
    section: 'RFC 9111 §5.2.1.4',
    severity: 'warning',
    fix: "no-cache asks for a revalidation, and a 304 is one. Node's fetch sends it with every If-None-Match, so it never gets a 304 from Express (fresh), Koa or @fastify/static. With @etag/express it does.",
    run: holding((tag) => [
      ['If-None-Match', tag],
      ['Cache-Control', 'no-cache'],
    ]),
  },
  {
    id: 'read-unknown',
    title: 'a reader with another tag gets the content',
    section: 'RFC 9110 §13.1.2',
    severity: 'critical',
    fix: 'Answer with the content where no tag matches. A 304 keeps readers on old content for ever, and anything else gives them none.',
    run: withoutIt(() => [['If-None-Match', UNKNOWN]], answeredInFull),
  },
  {
    id: 'read-unquoted',
    title: 'what is not a tag matches nothing',
    section: 'RFC 9110 §8.8.3',
    severity: 'note',
    fix: UPGRADE,
    run: withoutIt((tag) => [['If-None-Match', bare(tag)]]),
  },
  {
    id: 'read-garbage',
    title: 'a tag within other text matches nothing',
    section: 'RFC 9110 §8.8.3',
    severity: 'warning',
    fix: `Compare whole tags, do not search for them in the text. ${UPGRADE}`,
    run: withoutIt((tag) => [['If-None-Match', `doctor"${bare(tag)}"doctor`]]),
  },
  {
    id: 'read-head',
    title: 'HEAD is answered like GET: the same tag, and a 304',
    section: 'RFC 9110 §9.3.2',
    severity: 'warning',
    fix: 'Let HEAD run through what answers GET.',
    async run(subject) {
      const why = await unusable(subject);
      if (why !== null) return skipped(why);
      const tag = subject.tag as EntityTag;
      const plain = await subject.head();
      if (plain.response.status !== 200) return failed('status 200', `status ${plain.response.status}`, plain);
      const ofHead = tagOf(plain.response);
      if (ofHead === null) return failed(`ETag: ${tag}`, 'no ETag', plain);
      if (ofHead !== tag && tagOf((await subject.fresh()).response) !== tag) return skipped(CHANGED);
      if (ofHead !== tag) return failed(`ETag: ${tag}`, `ETag: ${ofHead}`, subject.plain, plain);
      const hit = await subject.head([['If-None-Match', tag]]);
      const now = tagOf(hit.response);
      if (hit.response.status === 200 && now && now !== tag) return skipped(CHANGED);
      return hit.response.status === 304 ? passed : failed('status 304', `status ${hit.response.status}`, hit);
    },
  },
  {
    id: 'read-missing',
    title: 'what does not exist is never answered 304',
    section: 'RFC 9110 §13.2.1',
    severity: 'error',
    fix: 'Evaluate preconditions only where the plain response would be 2xx: a repeated 404 stays a 404.',
    async run(subject) {
      const { pathname } = subject.url;
      const path = `${pathname}${pathname.endsWith('/') ? '' : '-'}etag-doctor-missing`;
      const plain = await subject.send({ method: 'GET', path, headers: [] });
      if (plain.response.status !== 404) return skipped(`A missing path is answered ${plain.response.status}.`);
      const named = tagOf(plain.response);
      for (const value of named ? ['*', named] : ['*']) {
        const again = await subject.send({ method: 'GET', path, headers: [['If-None-Match', value]] });
        if (again.response.status === 304) return failed('status 404', 'status 304', plain, again);
      }
      return passed;
    },
  },
  {
    id: 'read-if-match',
    title: 'If-Match with another tag fails a read',
    section: 'RFC 9110 §13.1.1',
    severity: 'note',
    fix: 'Evaluate If-Match on reads too: a client that resumes a download with it gets parts of another version.',
    async run(subject) {
      if (!subject.tag) return skipped('There is no tag.');
      const sent = await subject.read([['If-Match', UNKNOWN]]);
      return sent.response.status === 412 ? passed : failed('status 412', `status ${sent.response.status}`, sent);
    },
  },
];
