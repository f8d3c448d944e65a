import * as core from '@etag/core';
import { describe, expect, it } from 'vitest';
import { coreWith, type Edit } from '../mutants/edit.ts';
import { tried, tryProperties } from './part.ts';
import { PROPERTIES, type Property } from './properties.ts';

const CORE = 'packages/core/src';
const FAULTS: readonly (Edit & { readonly found: string })[] = [
  { file: `${CORE}/if-match.ts`, from: 'isWeak(tag) || ', to: '', found: '§13.2.2' },
  { file: `${CORE}/resource-state.ts`, from: 'after >= 1000', to: 'after > 1000', found: '§13.2.2' },
  { file: `${CORE}/request-head.ts`, from: "value?.join(', ')", to: 'value?.[0]', found: '§13.2.2' },
  { file: `${CORE}/if-range.ts`, from: 'after >= 0 && ', to: '', found: '§14.2' },
  { file: `${CORE}/range.ts`, from: 'total <= completeLength', to: 'total <= completeLength + 1', found: '§14.2' },
  { file: `${CORE}/range.ts`, from: '/[^ \\t]/.test(spec)', to: 'spec.trim()', found: '§14.2' },
  { file: `${CORE}/http-date.ts`, from: 'hour < 24', to: 'hour < 25', found: '§5.6.7 parseHttpDate' },
  { file: `${CORE}/http-date.ts`, from: 'day === lastDay', to: 'day >= lastDay', found: '§5.6.7 what formatHttpDate' },
  { file: `${CORE}/entity-tag.ts`, from: '\\xff]*")[', to: '\\xfe]*")[', found: '§8.8.3, §5.6.1' },
  { file: `${CORE}/version-tag.ts`, from: "end === '-' || ", to: '', found: 'version tags' },
  {
    file: `${CORE}/expectation.ts`,
    from: 'tags.filter((tag) => !isWeak(tag))',
    to: 'tags',
    found: '§13.2 an expectation',
  },
  { file: `${CORE}/content-coding.ts`, from: '|deflate|dcb|dcz)$/', to: '|dcb|dcz)$/', found: '§13.2.2' },
  {
    file: `${CORE}/http-date.ts`,
    from: 'ms > limit.getTime()',
    to: 'ms >= limit.getTime()',
    found: '§5.6.7 parseHttp',
  },
  {
    file: `${CORE}/entity-tag.ts`,
    from: 'checkOther(options?.weak ?',
    to: 'checkOther(options?.weak && false ?',
    found: '§8.8.3 what entityTag makes',
  },
  {
    file: `${CORE}/respond.ts`,
    from: "const current = outcome.kind === 'missing' ? null : outcome.current;",
    to: 'const current = null;',
    found: '§13.2 an expectation',
  },
  { file: `${CORE}/json-tag.ts`, from: '.sort()', to: '', found: 'RFC 8785' },
  {
    file: `${CORE}/version-tag.ts`,
    from: "  } catch {\n    return '';",
    to: '  } catch (error) {\n    throw error;',
    found: 'nothing',
  },
];

describe('the properties', () => {
  it('hold for core', () => {
    const results = tryProperties(core, 20_000, Date.now() % 2 ** 31);
    expect(results.flatMap(({ wrong }) => wrong)).toEqual([]);
    expect(results.every(({ cases }) => cases > 0)).toBe(true);
  });

  it.each(FAULTS)('find $to in place of $from', async ({ found, ...edit }) => {
    const property = PROPERTIES.find(({ name }) => name.startsWith(found)) as Property;
    expect(tried(property, await coreWith(edit), 20_000, 1).wrong).toHaveLength(1);
  });
});
