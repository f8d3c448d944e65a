import { PreconditionFailedError, PreconditionRequiredError } from '@etag/core';
import { describe, expect, test } from 'vitest';
import { absent, any, type Expectation, exists, guard, holds, noneOf, oneOf } from './expectation.js';

const put = (headers: Record<string, string>) => ({ method: 'PUT', headers });
const NOON = Date.UTC(2026, 0, 2, 12);
const NOON_DATE = 'Fri, 02 Jan 2026 12:00:00 GMT';

describe('guard', () => {
  test.each<[title: string, headers: Record<string, string>, expectation: Expectation]>([
    ['no precondition expects anything', {}, any],
    ['§13.1.1 If-Match: * expects something', { 'if-match': '*' }, exists],
    ['§13.1.1 If-Match names a version', { 'if-match': '"v7"' }, oneOf('7')],
    ['§13.1.1 If-Match names several', { 'if-match': '"v6", "v7"' }, oneOf('6', '7')],
    ['§13.1.1 a weak tag guards no write', { 'if-match': 'W/"v7", "v8"' }, oneOf('8')],
    ['§13.1.1 an If-Match of weak tags alone never matches', { 'if-match': 'W/"v7"' }, oneOf()],
    ['§13.1.1 a tag that is not ours names no version', { 'if-match': '"xyzzy", "7", "v"' }, oneOf()],
    ['§13.1.1 an empty If-Match lists nothing, so nothing matches', { 'if-match': '' }, oneOf()],
    ['§8.8.3.3 a tag of a coded representation names the same version', { 'if-match': '"v7-gzip"' }, oneOf('7')],
    ['a tag of a variant names the same version', { 'if-match': '"v7:en", "v8:de-br"' }, oneOf('7', '8')],
    ['a version may be any string', { 'if-match': '"v%22a%20b%22", "v1.2", "va-b"' }, oneOf('"a b"', '1.2', 'a-b')],
    ['§13.1.2 If-None-Match: * expects nothing', { 'if-none-match': '*' }, absent],
    ['§13.1.2 If-None-Match excludes versions, weak tags too', { 'if-none-match': '"v6", W/"v7"' }, noneOf('6', '7')],
    ['§13.1.2 a tag that is not ours excludes nothing', { 'if-none-match': '"xyzzy"' }, noneOf()],
    ['§13.1.4 If-Unmodified-Since', { 'if-unmodified-since': NOON_DATE }, { unmodifiedSince: NOON }],
    ['§13.1.4 what is no HTTP-date is ignored', { 'if-unmodified-since': '2026-01-02T12:00:00Z' }, any],
    ['§13.1.3 If-Modified-Since guards no write', { 'if-modified-since': NOON_DATE }, any],
    [
      '§13.2.2 If-Match wins over If-Unmodified-Since',
      { 'if-match': '"v7"', 'if-unmodified-since': NOON_DATE },
      oneOf('7'),
    ],
    ['§13.2.2 both lists must hold', { 'if-match': '*', 'if-none-match': '"v6"' }, { exists: true, noneOf: ['6'] }],
    [
      '§13.2.2 the date and If-None-Match must hold',
      { 'if-unmodified-since': NOON_DATE, 'if-none-match': '*' },
      { unmodifiedSince: NOON, absent: true },
    ],
  ])('%s', (_, headers, expectation) => {
    expect(guard(put(headers))).toEqual(expectation);
  });

  test.each(['OPTIONS', 'TRACE', 'CONNECT'])('§13.2.1 %s ignores preconditions', (method) => {
    expect(guard({ method, headers: { 'if-match': 'malformed' } }, { require: true })).toEqual(any);
  });

  test.each([
    ['if-match', '7'],
    ['if-match', '"v7'],
    ['if-match', 'w/"v7"'],
    ['if-match', '"v7" "v8"'],
    ['if-match', '*, "v7"'],
    ['if-none-match', 'v7'],
    ['if-none-match', '**'],
  ])('fails closed on %s: %s', (field, value) => {
    const run = () => guard(put({ [field]: value }));
    expect(run).toThrow(PreconditionFailedError);
    expect(run).toThrow(
      expect.objectContaining({ status: 412, decision: { outcome: 'failed', field, reason: 'malformed' } }),
    );
  });

  test('fails on a malformed field even where the other one is sound', () => {
    expect(() => guard(put({ 'if-match': '"v7"', 'if-none-match': 'v7' }))).toThrow(PreconditionFailedError);
  });

  test('reads a Request', () => {
    const request = new Request('http://localhost/', { method: 'PUT', headers: { 'If-Match': '"v7"' } });
    expect(guard(request)).toEqual(oneOf('7'));
  });

  describe('with require', () => {
    test.each<[title: string, headers: Record<string, string>]>([
      ['nothing', {}],
      ['a date alone', { 'if-unmodified-since': NOON_DATE }],
      ['an empty If-Match', { 'if-match': '' }],
      ['an If-None-Match that lists nothing', { 'if-none-match': ' , ,' }],
    ])('refuses %s with 428', (_, headers) => {
      const run = () => guard(put(headers), { require: true });
      expect(run).toThrow(PreconditionRequiredError);
      expect(run).toThrow(expect.objectContaining({ status: 428 }));
    });

    test.each<[headers: Record<string, string>, expectation: Expectation]>([
      [{ 'if-match': '"v7"' }, oneOf('7')],
      [{ 'if-match': '*' }, exists],
      [{ 'if-match': 'W/"v7"' }, oneOf()],
      [{ 'if-none-match': '*' }, absent],
    ])('lets %o through', (headers, expectation) => {
      expect(guard(put(headers), { require: true })).toEqual(expectation);
    });

    test('a malformed field is 412', () => {
      expect(() => guard(put({ 'if-match': '7' }), { require: true })).toThrow(PreconditionFailedError);
    });
  });
});

describe('holds', () => {
  const current = { version: '7', modified: NOON + 999 };

  test.each<[title: string, expectation: Expectation, whenStored: boolean, whenNot: boolean]>([
    ['any', any, true, true],
    ['exists', exists, true, false],
    ['absent', absent, false, true],
    ['oneOf with the current version', oneOf('6', '7'), true, false],
    ['oneOf without it', oneOf('6'), false, false],
    ['oneOf nothing', oneOf(), false, false],
    ['noneOf with the current version', noneOf('6', '7'), false, true],
    ['noneOf without it', noneOf('6'), true, true],
    ['noneOf nothing', noneOf(), true, true],
    ['unmodified since its very second', { unmodifiedSince: NOON }, true, true],
    ['unmodified since the second before', { unmodifiedSince: NOON - 1000 }, false, true],
    ['all of several', { exists: true, oneOf: ['7'], noneOf: ['6'], unmodifiedSince: NOON }, true, false],
    ['one of several does not hold', { exists: true, oneOf: ['7'], noneOf: ['7'] }, false, false],
    ['what contradicts itself', { exists: true, absent: true }, false, false],
  ])('%s', (_, expectation, whenStored, whenNot) => {
    expect(holds(expectation, current)).toBe(whenStored);
    expect(holds(expectation, null)).toBe(whenNot);
  });

  test('§13.1.4 a date is ignored where the store keeps no modification time', () => {
    expect(holds({ unmodifiedSince: 0 }, { version: '7' })).toBe(true);
  });
});
