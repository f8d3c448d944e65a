import type { RangeVector, Vector } from './vector.js';
import { entityTagVectors } from './vectors/entity-tag.js';
import { ifMatchVectors } from './vectors/if-match.js';
import { ifModifiedSinceVectors } from './vectors/if-modified-since.js';
import { ifNoneMatchVectors } from './vectors/if-none-match.js';
import { ifRangeVectors } from './vectors/if-range.js';
import { ifUnmodifiedSinceVectors } from './vectors/if-unmodified-since.js';
import { peerRangeVectors, peerVectors } from './vectors/peers.js';
import { precedenceVectors } from './vectors/precedence.js';
import { rangeVectors as requestedRanges } from './vectors/range.js';
import { whenToEvaluateVectors } from './vectors/when-to-evaluate.js';

export { tagListVectors } from './vectors/entity-tag-list.js';
export { httpDateVectors as dateVectors } from './vectors/http-date.js';
export { coreOnly } from './vectors/when-to-evaluate.js';

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
