import { createHash } from 'node:crypto';
import { field } from '@etag/wire';
import { type Check, failed, passed, skipped } from '../check.ts';

/** The digests that can be computed here: RFC 9530 §5. */
const ALGORITHMS: Record<string, string> = { 'sha-256': 'sha256', 'sha-512': 'sha512' };

// RFC 8941 §3.2, §3.3.5: a dictionary whose values are byte sequences
const MEMBER = /(?:^|,)[ \t]*(sha-256|sha-512)=:([A-Za-z0-9+/]*={0,2}):/g;

/** The digests that a field names. */
function digestsOf(value: string): { algorithm: string; digest: string }[] {
  return [...value.matchAll(MEMBER)].map(([, algorithm = '', digest = '']) => ({ algorithm, digest }));
}

/** RFC 9530: digests of the content, beside its tag. */
export const digestChecks: readonly Check[] = [
  {
    id: 'digest-disagrees',
    title: 'Repr-Digest is the digest of what is sent',
    section: 'RFC 9530 §3',
    severity: 'error',
    fix: 'Make the digest of the bytes that leave, after they are coded: a client that checks it rejects the content. Where a proxy compresses, let the application do it.',
    curl: [],
    isLive: true,
    async run({ plain }) {
      const { headers, body, isCut } = plain.response;
      const value = field(headers, 'repr-digest');
      const digests = digestsOf(value ?? '');
      if (digests.length === 0) return skipped('There is no Repr-Digest by SHA-256 or SHA-512.');
      if (isCut) return skipped('Its content is longer than an audit reads.');
      for (const { algorithm, digest } of digests) {
        const own = createHash(ALGORITHMS[algorithm] as string)
          .update(body)
          .digest('base64');
        if (own !== digest) return failed(`${algorithm}=:${own}:`, `Repr-Digest: ${value}`, plain);
      }
      return passed;
    },
  },
];
