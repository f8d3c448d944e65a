/** Texts of a given length that a peer may send, each of which is hard on some way of reading. */
export const TEXTS: Readonly<Record<string, (length: number) => string>> = {
  letters: repeated('a'),
  'obs-text': repeated('\x80\xff'),
  spaces: repeated(' '),
  tabs: repeated('\t'),
  commas: repeated(','),
  'empty elements': repeated(' ,\t'),
  quotes: repeated('"'),
  'escaped quotes': repeated('\\"'),
  'a quote, then backslashes': after('"', '\\'),
  'a quote, then spaces': after('"', ' '),
  digits: repeated('9'),
  dashes: repeated('-'),
  'W/': repeated('W/'),
  'asterisks in a list': repeated('*, '),
  'an unterminated tag': after('"', 'a'),
  'a long tag': (length) => `${after('"', 'a')(length)}"`,
  'many tags': repeated('"a",'),
  'many weak tags': repeated('W/"a", '),
  'many coded tags': repeated('"v8-gzip","v7-gzip-gzip",'),
  'many unterminated tags': repeated('"a, '),
  'tags without a comma': repeated('"a"'),
  'tags far apart': (length) => `"a"${repeated(' ')(length)}"b"`,
  'a version of percent signs': (length) => `${after('"v', '%25')(length)}"`,
  'a version of dashes': (length) => `${after('"v', '-')(length)}-gzip"`,
  'a version of codings': (length) => `${after('"v', '-gzip')(length)}"`,
  'a date, then spaces': after('Sun, 06 Nov 1994 08:49:37 GMT', ' '),
  'a year of many digits': (length) => `${after('Sun, 06 Nov ', '9')(length)} 08:49:37 GMT`,
  'ranges, many': after('bytes=', '0-1,'),
  'a range of tabs': (length) => `${after('bytes=', '\t')(length)}x`,
  'ranges of digits': after('bytes=', '9'),
  'a directive, again and again': repeated('no-store, '),
  'directives that differ': (length) =>
    Array.from({ length: length >> 3 }, (_, index) => `d${index.toString(36)}`.padEnd(7, 'x')).join(),
  'a directive in pieces': repeated('no-stor'),
  'arguments that do not end': repeated('a="b '),
  'names of codings': repeated('identity '),
};

/**
 * A text that reached something, made as long as wanted: all of it again and again, and the middle of it between its ends.
 *
 * @param text - has a few characters
 */
export function grown(text: string): Readonly<Record<string, (length: number) => string>> {
  const third = Math.ceil(text.length / 3);
  const [start, middle, end] = [text.slice(0, third), text.slice(third, -third), text.slice(-third)];
  return {
    again: repeated(text),
    ...(middle && { inside: (length: number) => after(start, middle)(length - end.length) + end }),
  };
}

function repeated(unit: string): (length: number) => string {
  return after('', unit);
}

/** A unit after something, again and again: one piece of memory, where `repeat` leaves a tree to its first reader. */
function after(prefix: string, unit: string): (length: number) => string {
  return (length) => prefix + Buffer.alloc(length - prefix.length, unit, 'latin1').toString('latin1');
}

/** JSON of about a given length in bytes that a peer may send. */
export const JSONS: Readonly<Record<string, (length: number) => string>> = {
  'objects in objects': (length) => nested('{"a":', '1', '}', length),
  'arrays in arrays': (length) => nested('[', '1', ']', length),
  'objects and arrays in turn': (length) => nested('{"a":[', '1', ']}', length),
  'two members at each depth': (length) => nested('{"b":1,"a":', '1', '}', length),
  'a long text': (length) => `{"a":"${repeated('a')(length)}"}`,
  'a long name': (length) => `{"${repeated('~/')(length)}":1}`,
  'many members': (length) => `{${list(length >> 3, (index) => `"${index.toString(36)}":1`)}}`,
  'members that are empty objects': (length) => `{${list(length >> 3, (index) => `"${index.toString(36)}":{}`)}}`,
  'many elements': (length) => `[${list(length >> 1, () => '1')}]`,
  'elements that are objects': (length) => `[${list(length >> 3, () => '{"a":1}')}]`,
};

function nested(open: string, inside: string, close: string, length: number): string {
  const depth = Math.floor(length / (open.length + close.length));
  return open.repeat(depth) + inside + close.repeat(depth);
}

const list = (length: number, element: (index: number) => string) =>
  Array.from({ length }, (_, index) => element(index)).join();
