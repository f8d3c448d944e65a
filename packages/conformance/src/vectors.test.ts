import {
  type EntityTag,
  evaluatePreconditions,
  evaluateRange,
  parseEntityTagList,
  parseHttpDate,
  type ResourceState,
} from '@etag/core';
import type { FieldLine } from '@etag/wire';
import { describe, expect, it } from 'vitest';
import { stateOf, vectorPath } from './fixture.ts';
import type { VectorState } from './vector.ts';
import { coreOnly, dateVectors, rangeVectors, tagListVectors, vectors } from './vectors.ts';

function resourceState(state: VectorState): ResourceState {
  return {
    ...(state.etag !== undefined && { etag: state.etag as EntityTag }),
    ...(state.lastModified !== undefined && {
      lastModified: new Date(Date.parse(state.lastModified) + (state.milliseconds ?? 0)),
    }),
  };
}

/** As Node gives them: lower-case names, a value or an array of values. */
function nodeRecord(lines: readonly FieldLine[]): Record<string, string | string[]> {
  const record: Record<string, string | string[]> = {};
  for (const [name, value] of lines) {
    const key = name.toLowerCase();
    const present = record[key];
    record[key] = present === undefined ? value : [present, value].flat();
  }
  return record;
}

const all = [...vectors, ...coreOnly, ...rangeVectors, ...dateVectors, ...tagListVectors];

describe('the vectors', () => {
  it('have unique ids in kebab-case', () => {
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
    for (const { id } of all) expect(id).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
  });

  it('differ in more than their ids', () => {
    const points = [...vectors, ...coreOnly, ...rangeVectors].map((vector) => {
      const { id, title, section, peer, expect, ...point } = vector;
      return JSON.stringify(point);
    });
    expect(points.filter((point, index) => points.indexOf(point) < index)).toEqual([]);
    const values = dateVectors.map(({ value, now }) => JSON.stringify([value, now]));
    expect(values.filter((value, index) => values.indexOf(value) < index)).toEqual([]);
    const lists = tagListVectors.map(({ value }) => value);
    expect(lists.filter((value, index) => lists.indexOf(value) < index)).toEqual([]);
  });

  it('are many', () => {
    expect(vectors.length + rangeVectors.length).toBeGreaterThanOrEqual(280);
    expect(all.length).toBeGreaterThanOrEqual(340);
  });

  it('name their section in the title', () => {
    for (const { section, title } of all) expect(title.startsWith(`§${section} `)).toBe(true);
  });

  it('survive JSON', () => {
    expect(JSON.parse(JSON.stringify(all))).toStrictEqual(all);
  });

  it('can be sent: latin1, without control characters', () => {
    for (const { headers } of [...vectors, ...rangeVectors]) {
      for (const [name, value] of headers) {
        expect(name).toMatch(/^[A-Za-z-]+$/);
        expect(value).toMatch(/^[\t\x20-\x7e\x80-\xff]*$/);
      }
    }
  });

  it('carry their state in the path', () => {
    for (const vector of [...vectors, ...rangeVectors]) {
      const path = vectorPath(vector);
      expect(path).toMatch(/^\/[\x21-\x7e]+$/);
      if (path.startsWith('/content')) continue;
      const state = stateOf(`http://localhost:8787${path}`);
      expect(stateOf(path)).toEqual(state);
      expect(state === null).toBe(vector.state === null);
      expect(state?.etag ?? undefined).toBe(vector.state?.etag);
      const modified = vector.state?.lastModified;
      expect(state?.lastModified ?? undefined).toBe(
        modified === undefined ? undefined : Date.parse(modified) + (vector.state?.milliseconds ?? 0),
      );
    }
  });
});

describe.each([...vectors, ...coreOnly])('$title', ({ method, state, status, headers, expect: expected }) => {
  const current = state && resourceState(state);
  const { outcome, field, reason } = expected;

  it.each([
    ['Headers', new Headers(headers)],
    ['a record with arrays', nodeRecord(headers)],
  ])('%s', (_, fields) => {
    const decision = evaluatePreconditions({ method, headers: fields }, current, { status });
    expect(decision).toMatchObject({ outcome, field, reason });
  });
});

describe.each(rangeVectors)('$title', ({ method, state, length, headers, expect: expected }) => {
  const { kind, ranges } = expected;

  it.each([
    ['Headers', new Headers(headers)],
    ['a record with arrays', nodeRecord(headers)],
  ])('%s', (_, fields) => {
    const request = { method, headers: fields };
    expect(evaluatePreconditions(request, resourceState(state)).outcome).toBe('proceed');
    expect(evaluateRange(request, resourceState(state), length)).toEqual(ranges ? { kind, ranges } : { kind });
  });
});

describe('HTTP dates', () => {
  it.each(dateVectors)('$title: $value', ({ value, now, expect: expected }) => {
    expect(parseHttpDate(value, now)).toBe(expected);
    // A parser that remembers must not remember wrongly.
    expect(parseHttpDate(value, now)).toBe(expected);
  });
});

describe('lists of entity tags', () => {
  it.each(tagListVectors)('$title: $value', ({ value, expect: expected }) => {
    expect(parseEntityTagList(value)).toEqual(expected);
  });
});
