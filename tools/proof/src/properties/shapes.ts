import type { HeaderFields } from '@etag/core';

type Fields = Readonly<Record<string, string>>;

/** A value on several lines, which a recipient joins by a comma and a space (RFC 9110 §5.3). */
const linesOf = (value: string): string | string[] => (value.includes(', ') ? value.split(', ') : value);

/** The same fields in each shape that core takes. */
export const SHAPES: Readonly<Record<string, (fields: Fields) => HeaderFields>> = {
  'a record': (fields) => fields,
  "Node's record of lines": (fields) => {
    const lines: Record<string, string | string[]> = Object.create(null);
    for (const [name, value] of Object.entries(fields)) lines[name] = linesOf(value);
    return lines;
  },
  Headers: (fields) => new Headers(fields),
  'a Map': (fields) => new Map(Object.entries(fields)),
  "a reader of a framework's own": (fields) => ({
    get: (name: string) => (Object.hasOwn(fields, name) ? fields[name] : null),
  }),
};
