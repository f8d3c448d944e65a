import { afterAll, describe, expect, expectTypeOf, test, vi } from 'vitest';
import {
  absent,
  any,
  type DeleteOutcome,
  exists,
  isOutcome,
  noneOf,
  type Outcome,
  oneOf,
  outcome,
  type PutOutcome,
  type ReplaceOutcome,
  refused,
} from './index.ts';

const NOON = Date.UTC(2026, 0, 2, 12);
const current = { version: '8', modified: NOON };

afterAll(() => {
  vi.resetModules();
});

describe('outcome', () => {
  const updated = outcome({ kind: 'updated', value: { text: 'a' }, ...current });

  test('has the members that it is given, and no other', () => {
    expect(Object.keys(updated)).toEqual(['kind', 'value', 'version', 'modified']);
    expect(JSON.stringify(updated)).toBe(`{"kind":"updated","value":{"text":"a"},"version":"8","modified":${NOON}}`);
  });

  test('is known as one, whatever copy of the package made it', async () => {
    vi.resetModules();
    const second = await import('./outcome.ts');
    expect(second.isOutcome).not.toBe(isOutcome);
    expect([isOutcome(updated), second.isOutcome(updated), isOutcome(second.outcome({ kind: 'deleted' }))]).toEqual([
      true,
      true,
      true,
    ]);
  });

  test.each<[what: string, value: unknown]>([
    ['undefined', undefined],
    ['null', null],
    ['text', 'deleted'],
    ['a number', 1],
    ['a function', () => updated],
    ['an empty object', {}],
    ['an object with the members of one', { kind: 'updated', value: { text: 'a' }, ...current }],
    ['a copy of one', { ...updated }],
    ['one in a list', [updated]],
    ['one that went through JSON', JSON.parse(JSON.stringify(updated))],
  ])('is told from %s', (_, value) => {
    expect(isOutcome(value)).toBe(false);
  });

  test('of an operation is what the operation can come to', () => {
    expectTypeOf<PutOutcome<1>['kind']>().toEqualTypeOf<
      'created' | 'updated' | 'stale' | 'exists' | 'missing' | 'contended'
    >();
    expectTypeOf<DeleteOutcome['kind']>().toEqualTypeOf<'deleted' | 'stale' | 'exists' | 'missing' | 'contended'>();
    expectTypeOf<ReplaceOutcome<1>['kind']>().toEqualTypeOf<PutOutcome<1>['kind'] | 'already-applied'>();
    expectTypeOf<Outcome<1>['kind']>().toEqualTypeOf<ReplaceOutcome<1>['kind'] | 'deleted'>();
    // @ts-expect-error: an object with the members of an outcome is not one
    const unmarked: Outcome<1> = { kind: 'deleted' };
    expect(isOutcome(unmarked)).toBe(false);
  });
});

describe('refused', () => {
  test('classifies by what is stored and what was expected', () => {
    expect(refused(any, null)).toMatchObject({ kind: 'missing', failed: null });
    expect(refused(exists, null)).toMatchObject({ kind: 'missing', failed: 'exists' });
    expect(refused(oneOf('7'), current)).toMatchObject({ kind: 'stale', current, failed: 'oneOf' });
    expect(refused(noneOf('8'), current)).toMatchObject({ kind: 'stale', current, failed: 'noneOf' });
    expect(refused(absent, current)).toMatchObject({ kind: 'exists', current, failed: 'absent' });
    expect(refused({ unmodifiedSince: 0 }, current)).toMatchObject({ kind: 'stale', failed: 'unmodifiedSince' });
  });

  test('is an outcome, and does not carry the stored value', () => {
    const stale = refused(oneOf('7'), { ...current, value: 'secret' } as typeof current);
    expect(isOutcome(stale)).toBe(true);
    expect(JSON.stringify(stale)).not.toContain('secret');
  });
});
