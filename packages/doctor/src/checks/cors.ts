import { type FieldLine, field, type WireResponse } from '@etag/wire';
import { type Check, failed, passed, skipped } from '../check.ts';
import type { Sent } from '../probe.ts';
import { unusable } from '../revalidation.ts';
import type { Subject } from '../subject.ts';

/** The origin of a page: the one that the user gives, where the server does not share with all. */
function originOf({ settings }: Subject): FieldLine {
  return ['Origin', field(settings.headers, 'origin') ?? 'https://example.com'];
}

const NOT_SHARED = 'It is not shared with other origins.';

/** The names that a field lists, in lower case. */
function listed({ headers }: WireResponse, name: string): string[] {
  return (field(headers, name) ?? '').toLowerCase().split(/[\s,]+/);
}

/** Whether a field lists a name, or all: where credentials are allowed, an asterisk is a name like any other. */
function allows(response: WireResponse, name: string, wanted: string): boolean {
  const takesCredentials = field(response.headers, 'access-control-allow-credentials') === 'true';
  return listed(response, name).some((one) => one === wanted || (one === '*' && !takesCredentials));
}

/** The read of a page on another origin; null where it may not read. */
async function sharedRead(subject: Subject) {
  const sent = await subject.read([originOf(subject)]);
  return field(sent.response.headers, 'access-control-allow-origin') === null ? null : sent;
}

/** What a browser asks before it lets a page write with If-Match; it sends no credentials then. */
function preflight(subject: Subject, isStranger: boolean): Promise<Sent> {
  const method: FieldLine = ['Access-Control-Request-Method', 'PUT'];
  const headers: FieldLine[] = [originOf(subject), method, ['Access-Control-Request-Headers', 'if-match']];
  return subject.send({ method: 'OPTIONS', headers }, { isStranger });
}

const letsPut = ({ response }: Sent) =>
  response.status < 300 && allows(response, 'access-control-allow-methods', 'put');

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
      const sent = await subject.read([originOf(subject), ['If-None-Match', subject.tag as string]]);
      if (sent.response.status !== 304) return skipped('It is not answered 304.');
      const own = field(sent.response.headers, 'access-control-allow-origin');
      return own === null ? failed('Access-Control-Allow-Origin', 'a 304 without it', full, sent) : passed;
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
      return failed('Access-Control-Expose-Headers: ETag', 'a response without it', sent);
    },
  },
  {
    id: 'cors-preflight',
    title: 'a page on another origin can send If-Match',
    section: 'Fetch §4.8',
    severity: 'warning',
    fix: 'Add If-Match and If-None-Match to Access-Control-Allow-Headers, and answer preflights without credentials, since browsers send none: else the guarded write never leaves.',
    async run(subject) {
      if (!(await sharedRead(subject))) return skipped(NOT_SHARED);
      const sent = await preflight(subject, true);
      if (!letsPut(sent)) {
        const known = await preflight(subject, false);
        if (!letsPut(known)) return skipped('A page on another origin may not PUT.');
        return failed('a preflight that needs no credentials', `status ${sent.response.status} without them`, sent);
      }
      if (allows(sent.response, 'access-control-allow-headers', 'if-match')) return passed;
      return failed('Access-Control-Allow-Headers: If-Match', 'a preflight response without it', sent);
    },
  },
];
