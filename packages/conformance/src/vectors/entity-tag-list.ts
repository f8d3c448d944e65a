import type { TagListVector } from '../vector.ts';
import { MALFORMED_LISTS } from './malformed-lists.ts';

function list(id: string, what: string, value: string, expect: TagListVector['expect']): TagListVector {
  return { id: `list-${id}`, section: '5.6.1', title: `§5.6.1 ${what}`, value, expect };
}

const wellFormed: TagListVector[] = [
  list('one', 'one tag', '"a"', ['"a"']),
  list('weak', 'one weak tag', 'W/"a"', ['W/"a"']),
  list('order', 'tags in their order', '"b", W/"a", "c"', ['"b"', 'W/"a"', '"c"']),
  list('duplicates', 'the same tag twice', '"a", "a"', ['"a"', '"a"']),
  list('no-space', 'no whitespace', '"a","b"', ['"a"', '"b"']),
  list('space-before-comma', 'a space before the comma', '"a" ,"b"', ['"a"', '"b"']),
  list('tabs', 'tabs as whitespace', '"a"\t,\t"b"', ['"a"', '"b"']),
  list('much-space', 'much whitespace', '"a" \t \t , \t "b"', ['"a"', '"b"']),
  list('padded', 'whitespace around the value', ' \t"a"\t ', ['"a"']),
  list('comma-inside', 'a comma inside a tag', '"a,b", "c"', ['"a,b"', '"c"']),
  list('comma-first', 'a comma that opens a tag', '",a"', ['",a"']),
  list('quote-comma-quote', 'a tag of one comma', '","', ['","']),
  list('backslash', 'a backslash escapes nothing', '"a\\", "b"', ['"a\\"', '"b"']),
  list('empty-tag', 'an empty tag', '""', ['""']),
  list('empty-tags', 'empty tags', '"",W/""', ['""', 'W/""']),
  list('empty', 'an empty value is an empty list', '', []),
  list('space', 'whitespace is an empty list', ' \t', []),
  list('commas', 'commas are an empty list', ',,,', []),
  list('spaced-commas', 'commas and whitespace are an empty list', ' , ,\t, ', []),
  list('leading-comma', 'an empty first element', ',"a"', ['"a"']),
  list('trailing-comma', 'an empty last element', '"a",', ['"a"']),
  list('empty-elements', 'empty elements between tags', '"a",, ,\t,"b"', ['"a"', '"b"']),
  list('quoted-asterisk', 'a quoted asterisk is a tag', '"*"', ['"*"']),
  list('obs-text', 'obs-text', '"\x80\xff"', ['"\x80\xff"']),
  list('asterisk', 'an asterisk', '*', '*'),
  list('asterisk-padded', 'an asterisk in whitespace', ' *\t', '*'),
  list('control', 'a control character', '"a\x01"', null),
  list('delete', 'the DEL character', '"a\x7f"', null),
  list('beyond-latin1', 'a character beyond %xFF', '"\u0100"', null),
  list('typographic-quotes', 'typographic quotes', '\u201cv1\u201d', null),
  list('no-break-space', 'a no-break space is no whitespace', '\xa0"v1"', null),
  list('line-separator', 'a vertical tab is no whitespace', '\x0b"v1"', null),
];

const malformed = MALFORMED_LISTS.map(({ slug, title, value }) => list(`malformed-${slug}`, title, value, null));

/** RFC 9110 §5.6.1, §13.1.1: what a value of If-Match or If-None-Match lists. */
export const tagListVectors: TagListVector[] = [...wellFormed, ...malformed];
