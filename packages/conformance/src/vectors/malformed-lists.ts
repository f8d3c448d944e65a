/** A field value that is neither `*` nor a list of entity tags. Most would name the tag `"v1"` to a careless reader. */
export interface MalformedList {
  slug: string;
  title: string;
  value: string;
}

/** What If-Match and If-None-Match must not take for a list of tags (RFC 9110 §8.8.3, §13.1.1). */
export const MALFORMED_LISTS: MalformedList[] = [
  { slug: 'unquoted', title: 'a tag without quotes', value: 'v1' },
  { slug: 'single-quotes', title: 'a tag in single quotes', value: "'v1'" },
  { slug: 'lower-case-weak', title: 'a weakness mark in lower case', value: 'w/"v1"' },
  { slug: 'weak-unquoted', title: 'a weakness mark before a tag without quotes', value: 'W/v1' },
  { slug: 'weak-alone', title: 'a weakness mark alone', value: 'W/' },
  { slug: 'weak-no-slash', title: 'a weakness mark without its slash', value: 'W"v1"' },
  { slug: 'weak-space', title: 'a space after the weakness mark', value: 'W/ "v1"' },
  { slug: 'weak-twice', title: 'two weakness marks', value: 'W/W/"v1"' },
  { slug: 'weak-after', title: 'a weakness mark behind the tag', value: '"v1"W/' },
  { slug: 'weak-inside', title: 'a slash before the tag', value: '/"v1"' },
  { slug: 'unterminated', title: 'a quote that is not closed', value: '"v1' },
  { slug: 'unopened', title: 'a quote that is not opened', value: 'v1"' },
  { slug: 'quote-element', title: 'a quote alone after the current tag', value: '"v1", "' },
  { slug: 'weak-quote-element', title: 'a weakness mark and a quote after the current tag', value: '"v1", W/"' },
  { slug: 'three-quotes', title: 'three quotes', value: '"v1""' },
  { slug: 'doubled-quotes', title: 'doubled quotes', value: '""v1""' },
  { slug: 'garbage-around', title: 'garbage around a tag', value: 'foo"v1"bar' },
  { slug: 'garbage-before', title: 'garbage before a tag', value: 'foo"v1"' },
  { slug: 'garbage-after', title: 'garbage after a tag', value: '"v1"bar' },
  { slug: 'garbage-element', title: 'an element without quotes after the current tag', value: '"v1", v2' },
  { slug: 'garbage-first-element', title: 'an element without quotes before the current tag', value: 'v2, "v1"' },
  { slug: 'unterminated-element', title: 'an element that is not closed after the current tag', value: '"v1", "v2' },
  { slug: 'no-comma', title: 'two tags without a comma', value: '"v1" "v2"' },
  { slug: 'no-comma-no-space', title: 'two tags without anything between', value: '"v1""v2"' },
  { slug: 'semicolon', title: 'two tags with a semicolon between', value: '"v1"; "v2"' },
  { slug: 'parameter', title: 'a parameter behind a tag', value: '"v1";q=1' },
  { slug: 'space-inside', title: 'a space inside a tag, the current tag after it', value: '"v 1", "v1"' },
  { slug: 'tab-inside', title: 'a tab inside a tag, the current tag after it', value: '"v\t1", "v1"' },
  { slug: 'escaped-quote', title: 'a quote escaped by a backslash, the current tag after it', value: '"v\\"1", "v1"' },
  { slug: 'angle-brackets', title: 'angle brackets around a tag', value: '<"v1">' },
  { slug: 'parentheses', title: 'parentheses around a tag', value: '("v1")' },
  { slug: 'json-array', title: 'a JSON array', value: '["v1"]' },
  { slug: 'asterisk-and-tag', title: 'an asterisk before a tag', value: '*, "v1"' },
  { slug: 'tag-and-asterisk', title: 'an asterisk after a tag', value: '"v1", *' },
  { slug: 'asterisk-twice', title: 'two asterisks in a list', value: '*, *' },
  { slug: 'asterisks-joined', title: 'two asterisks without a comma', value: '**' },
  { slug: 'asterisk-comma', title: 'an asterisk and an empty element', value: '*,' },
  { slug: 'weak-asterisk', title: 'a weak asterisk', value: 'W/*' },
];
