import { coreOnly, dateVectors, rangeVectors, tagListVectors, type VectorState, vectors } from '@etag/conformance';
import {
  type EntityTag,
  evaluatePreconditions,
  evaluateRange,
  parseEntityTagList,
  parseHttpDate,
  type ResourceState,
} from '@etag/core';
import { resultsOf, same } from './results.ts';

function resourceState({ etag, lastModified, milliseconds = 0 }: VectorState): ResourceState {
  return {
    etag: (etag ?? null) as EntityTag | null,
    lastModified: lastModified === undefined ? null : Date.parse(lastModified) + milliseconds,
  };
}

function* cases(): Generator<[string, () => void]> {
  for (const { id, method, state, status, headers, expect } of [...vectors, ...coreOnly]) {
    yield [
      id,
      () => {
        const request = { method, headers: new Headers(headers) };
        const { outcome, field, reason } = evaluatePreconditions(request, state && resourceState(state), { status });
        same([outcome, field, reason], [expect.outcome, expect.field, expect.reason]);
      },
    ];
  }
  for (const { id, method, state, length, headers, expect } of rangeVectors) {
    yield [
      id,
      () => {
        const range = evaluateRange({ method, headers: new Headers(headers) }, resourceState(state), length);
        same([range.kind, 'ranges' in range ? range.ranges : undefined], [expect.kind, expect.ranges]);
      },
    ];
  }
  for (const { id, value, now, expect } of dateVectors) yield [id, () => same(parseHttpDate(value, now), expect)];
  for (const { id, value, expect } of tagListVectors) yield [id, () => same(parseEntityTagList(value), expect)];
}

/** All vectors, asked of the functions of core. */
export const core = () => resultsOf(cases());
