import type { RangeVector, Vector } from './vector.ts';
import { entityTagVectors } from './vectors/entity-tag.ts';
import { ifMatchVectors } from './vectors/if-match.ts';
import { ifModifiedSinceVectors } from './vectors/if-modified-since.ts';
import { ifNoneMatchVectors } from './vectors/if-none-match.ts';
import { ifRangeVectors } from './vectors/if-range.ts';
import { ifUnmodifiedSinceVectors } from './vectors/if-unmodified-since.ts';
import { peerRangeVectors, peerVectors } from './vectors/peers.ts';
import { precedenceVectors } from './vectors/precedence.ts';
import { rangeVectors as requestedRanges } from './vectors/range.ts';
import { whenToEvaluateVectors } from './vectors/when-to-evaluate.ts';

export { tagListVectors } from './vectors/entity-tag-list.ts';
export { httpDateVectors as dateVectors } from './vectors/http-date.ts';
export { coreOnly } from './vectors/when-to-evaluate.ts';

/** Requests with preconditions. All of them can be sent to a server. */
export const vectors: Vector[] = [
  ...entityTagVectors,
  ...ifMatchVectors,
  ...ifNoneMatchVectors,
  ...ifModifiedSinceVectors,
  ...ifUnmodifiedSinceVectors,
  ...precedenceVectors,
  ...whenToEvaluateVectors,
  ...peerVectors,
];

/** Requests for parts of a representation. All of them can be sent to a server. */
export const rangeVectors: RangeVector[] = [...ifRangeVectors, ...requestedRanges, ...peerRangeVectors];
