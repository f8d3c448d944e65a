import type { EntityTag } from '@etag/core';
import type { FieldLine } from '@etag/wire';
import { type Check, failed, passed, skipped } from '../check.ts';
import { isCredential } from '../credentials.ts';
import { unusable } from '../revalidation.ts';
import { UNKNOWN } from './reads.ts';

/** RFC 9110 §13.2.1: who may read comes before what they have. */
export const authorisationChecks: readonly Check[] = [
  {
    id: 'authorisation-first',
    title: 'a reader without credentials gets a refusal, not a 304 or a 412',
    section: 'RFC 9110 §13.2.1',
    severity: 'critical',
    fix: 'Check who may read before you evaluate preconditions: a 304 or a 412 tells a stranger which version is current.',
    async run(subject) {
      if (!subject.settings.headers.some(([name]) => isCredential(name))) return skipped('No credentials are given.');
      const why = await unusable(subject);
      if (why !== null) return skipped(why);
      const stranger = { isStranger: true };
      const plain = await subject.read([], stranger);
      const { status: refusal } = plain.response;
      if (refusal < 300) return skipped('Anybody may read it.');
      const asked: [FieldLine, number][] = [
        [['If-None-Match', subject.tag as EntityTag], 304],
        [['If-Match', UNKNOWN], 412],
      ];
      for (const [precondition, status] of asked) {
        const sent = await subject.read([precondition], stranger);
        if (sent.response.status === status) return failed(`status ${refusal}`, `status ${status}`, plain, sent);
      }
      return passed;
    },
  },
];
