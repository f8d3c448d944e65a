import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { type EntityTag, evaluatePreconditions, formatHttpDate } from '@etag/core';
import fresh from 'fresh';
import { against, type Comparison, type Subject } from '../measure.ts';
import { fromWire, pick, pool } from '../pool.ts';

/** A conditional GET, and the validators of what it asks for in the form that each library takes. */
interface Case {
  request: Record<string, string>;
  state: { etag: EntityTag; lastModified: number };
  response: { etag: string; 'last-modified': string };
}

const MODIFIED = Date.UTC(2026, 2, 14, 15, 9, 26);
const DAY = 86_400_000;
const BROWSER = {
  host: 'notes.example',
  'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
  accept: 'application/json',
  'accept-encoding': 'gzip, deflate, br, zstd',
  connection: 'keep-alive',
};

/** A tag in the form that npm etag gives it: the length and a SHA-1. */
function tag(index: number): EntityTag {
  return `"40c-${createHash('sha1').update(`note ${index}`).digest('base64').slice(0, 27)}"`;
}

/** Header fields put together one by one, as Node does it. */
function request(field: string, value: string): Record<string, string> {
  const fields: Record<string, string> = {};
  for (const [name, value] of Object.entries(BROWSER)) fields[name] = fromWire(value);
  fields[field] = fromWire(value);
  return fields;
}

function aCase(headers: Record<string, string>, etag: EntityTag, lastModified: number): Case {
  const response = { etag: fromWire(etag), 'last-modified': fromWire(formatHttpDate(lastModified)) };
  return { request: headers, state: { etag: response.etag as EntityTag, lastModified }, response };
}

function core(cases: readonly Case[]): Subject {
  return {
    name: '@etag/core',
    run(times) {
      let hits = 0;
      for (let i = 0; i < times; i++) {
        const { request: headers, state } = pick(cases, i);
        if (evaluatePreconditions({ method: 'GET', headers }, state).outcome === 'not-modified') hits++;
      }
      return hits;
    },
  };
}

function peer(cases: readonly Case[]): Subject {
  return {
    name: 'fresh',
    run(times) {
      let hits = 0;
      for (let i = 0; i < times; i++) {
        const { request: headers, response } = pick(cases, i);
        if (fresh(headers, response)) hits++;
      }
      return hits;
    },
  };
}

function comparison(
  work: string,
  expected: boolean,
  target: number | undefined,
  makeCase: (index: number) => Case,
): Comparison {
  return {
    work,
    prepare() {
      const cases = pool(makeCase);
      for (const { request: headers, state, response } of cases) {
        const { outcome } = evaluatePreconditions({ method: 'GET', headers }, state);
        assert.equal(outcome, expected ? 'not-modified' : 'proceed');
        assert.equal(fresh(headers, response), expected);
      }
      return against(peer(cases), core(cases), target);
    },
  };
}

/** A request with `If-None-Match`; the tags that it lists, and the current one. */
function byTag(listed: (index: number) => string, current: (index: number) => EntityTag): (index: number) => Case {
  return (index) => aCase(request('if-none-match', listed(index)), current(index), MODIFIED);
}

/** A request with `If-Modified-Since`: so many ms after the modification. */
function byDate(modified: (index: number) => number, after: number): (index: number) => Case {
  return (index) =>
    aCase(request('if-modified-since', formatHttpDate(modified(index) + after)), tag(index), modified(index));
}

const weak = (index: number): EntityTag => `W/${tag(index) as `"${string}"`}`;
const tenTags = (index: number): string => Array.from({ length: 10 }, (_, i) => tag(1000 + index * 10 + i)).join(', ');
const inTurn = (index: number): number => MODIFIED - index * (DAY + 61_000);
const again = (): number => MODIFIED;

export const comparisons: Comparison[] = [
  comparison('If-None-Match: one strong tag, hit', true, 8, byTag(tag, tag)),
  comparison('If-None-Match: one weak tag, hit', true, 8, byTag(weak, weak)),
  comparison('If-None-Match: a weak tag for a strong one, hit', true, 3.5, byTag(weak, tag)),
  comparison(
    'If-None-Match: one tag, miss',
    false,
    3.5,
    byTag((index) => tag(index + 1), tag),
  ),
  comparison('If-None-Match: ten tags, miss', false, 6, byTag(tenTags, tag)),
  comparison('If-Modified-Since: equal, the same value again', true, 25, byDate(again, 0)),
  comparison('If-Modified-Since: equal, values in turn', true, undefined, byDate(inTurn, 0)),
  comparison('If-Modified-Since: later, the same value again', true, 4.5, byDate(again, DAY)),
  comparison('If-Modified-Since: later, values in turn', true, 4.5, byDate(inTurn, DAY)),
];
