import { weakCompare } from '@etag/core';
import { type FieldLine, field } from '@etag/wire';
import { type Check, failed, passed, skipped } from '../check.ts';
import { type Subject, tagOf } from '../subject.ts';

/** The first media type that Accept-Query lists; null where there is none. */
function typeOf(subject: Subject): string | null {
  const value = field(subject.plain.response.headers, 'accept-query') ?? '';
  return /^[ \t]*"?([\w.+-]+\/[\w.+-]+)/.exec(value)?.[1] ?? null;
}

/** A query that asks for nothing in particular. */
const contentFor = (type: string) => new TextEncoder().encode(/json$/i.test(type) ? '{}' : '');

/** RFC 10008: QUERY is a read. */
export const queryChecks: readonly Check[] = [
  {
    id: 'query-hit',
    title: 'a QUERY whose result the client has is answered 304',
    section: 'RFC 10008 §2',
    severity: 'warning',
    fix: 'Evaluate If-None-Match for QUERY as for GET, beside the tag of the result of this query. With @etag: app.use(etag()).',
    async run(subject) {
      const type = typeOf(subject);
      if (type === null) return skipped('There is no Accept-Query.');
      const query = (headers: readonly FieldLine[]) =>
        subject.send({ method: 'QUERY', headers: [['Content-Type', type], ...headers], content: contentFor(type) });
      const full = await query([]);
      const { status } = full.response;
      const tag = tagOf(full.response);
      if (status !== 200) return skipped(`An empty QUERY is answered ${status}.`);
      if (!tag) return skipped('The result of a QUERY has no tag.');
      const sent = await query([['If-None-Match', tag]]);
      const now = tagOf(sent.response);
      if (sent.response.status === 304) return passed;
      if (sent.response.status === 200 && now && !weakCompare(now, tag))
        return skipped('The resource changed meanwhile.');
      return failed('status 304', `status ${sent.response.status}`, full, sent);
    },
  },
];
