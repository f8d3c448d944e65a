import { type Check, failed, passed, skipped } from '../check.ts';
import { unusable } from '../revalidation.ts';

const CREDENTIALS = /^(authorization|cookie|proxy-authorization|x-api-key)$/i;

/** RFC 9110 §13.2.1: who may read comes before what they have. */
export const authorisationChecks: readonly Check[] = [
  {
    id: 'authorisation-first',
    title: 'a reader without credentials gets a refusal, not a 304',
    section: 'RFC 9110 §13.2.1',
    severity: 'critical',
    fix: 'Check who may read before you evaluate preconditions: a 304 or a 412 tells a stranger which version is current.',
    async run(subject) {
      if (!subject.settings.headers.some(([name]) => CREDENTIALS.test(name)))
        return skipped('No credentials are given.');
      const why = await unusable(subject);
      if (why !== null) return skipped(why);
      const stranger = { without: CREDENTIALS };
      const plain = await subject.read([], stranger);
      if (plain.response.status !== 401 && plain.response.status !== 403) return skipped('Anybody may read it.');
      const sent = await subject.read([['If-None-Match', subject.tag as string]], stranger);
      if (sent.response.status !== 304) return passed;
      return failed(`status ${plain.response.status}`, 'status 304', plain, sent);
    },
  },
];
