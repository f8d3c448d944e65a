import { type FieldLine, field, type WireResponse } from '@etag/wire';
import { type Check, failed, passed, skipped } from '../check.ts';
import { unusable } from '../revalidation.ts';
import type { Subject } from '../subject.ts';

const ORIGIN: FieldLine = ['Origin', 'https://example.com'];
const NOT_SHARED = 'It is not shared with other origins.';

/** The names that a field lists, in lower case. */
function listed({ headers }: WireResponse, name: string): string[] {
  return (field(headers, name) ?? '').toLowerCase().split(/[\s,]+/);
}

const allows = (response: WireResponse, name: string, wanted: string) =>
  listed(response, name).some((one) => one === wanted || one === '*');

/** The read of a page on another origin; null where it may not read. */
async function sharedRead(subject: Subject) {
  const sent = await subject.read([ORIGIN]);
  return field(sent.response.headers, 'access-control-allow-origin') === null ? null : sent;
}

/** Fetch §3.2: what a page on another origin can do. */
export const corsChecks: readonly Check[] = [
  {
    id: 'cors-not-modified',
    title: 'a 304 is shared with the origins that the 200 is shared with',
    section: 'Fetch §3.2',
    severity: 'error',
    fix: 'Send Access-Control-Allow-Origin with the 304 too: without it a browser rejects the revalidation, and the page gets an error instead of the content.',
    async run(subject) {
      const why = await unusable(subject);
      if (why !== null) return skipped(why);
      const full = await sharedRead(subject);
      if (!full) return skipped(NOT_SHARED);
      const sent = await subject.read([ORIGIN, ['If-None-Match', subject.tag as string]]);
      if (sent.response.status !== 304) return skipped('It is not answered 304.');
      const own = field(sent.response.headers, 'access-control-allow-origin');
      return own === null ? failed('Access-Control-Allow-Origin', 'a 304 without', full, sent) : passed;
    },
  },
  {
    id: 'cors-expose',
    title: 'a page on another origin can read the tag',
    section: 'Fetch §3.2.7',
    severity: 'warning',
    fix: 'Send Access-Control-Expose-Headers: ETag. Without it a page cannot send the tag back, neither to revalidate nor to guard a write.',
    async run(subject) {
      if (!subject.tag) return skipped('There is no tag.');
      const sent = await sharedRead(subject);
      if (!sent) return skipped(NOT_SHARED);
      if (allows(sent.response, 'access-control-expose-headers', 'etag')) return passed;
      return failed('Access-Control-Expose-Headers: ETag', 'a response without', sent);
    },
  },
  {
    id: 'cors-preflight',
    title: 'a page on another origin can send If-Match',
    section: 'Fetch §4.8',
    severity: 'warning',
    fix: 'Add If-Match and If-None-Match to Access-Control-Allow-Headers: the browser refuses the guarded write before it leaves.',
    async run(subject) {
      if (!(await sharedRead(subject))) return skipped(NOT_SHARED);
      const sent = await subject.send({
        method: 'OPTIONS',
        headers: [ORIGIN, ['Access-Control-Request-Method', 'PUT'], ['Access-Control-Request-Headers', 'if-match']],
      });
      const { response } = sent;
      if (response.status >= 300 || !allows(response, 'access-control-allow-methods', 'put')) {
        return skipped('A page on another origin may not PUT.');
      }
      if (allows(response, 'access-control-allow-headers', 'if-match')) return passed;
      return failed('Access-Control-Allow-Headers: If-Match', 'a preflight response without', sent);
    },
  },
];
