/** The directives of a Cache-Control field: names in lower case, '' for one without an argument. */
export type Directives = ReadonlyMap<string, string>;

// Cache-Control = #cache-directive ; cache-directive = token [ "=" ( token / quoted-string ) ]
const DIRECTIVE = /([!#$%&'*+.^_`|~\w-]+)(?:=(?:"((?:[^"\\]|\\.)*)"|([^\s,"]*)))?/g;

const NONE: Directives = new Map();

/**
 * Reads a Cache-Control field. Names are case-insensitive, an argument may be quoted, and of a directive given twice the
 * first counts.
 *
 * @see RFC 9111 §4.2.1, §5.2
 */
export function parseCacheControl(fieldValue: string | undefined): Directives {
  if (!fieldValue) return NONE;
  const directives = new Map<string, string>();
  for (const [, token = '', quoted, argument] of fieldValue.matchAll(DIRECTIVE)) {
    const name = token.toLowerCase();
    if (!directives.has(name)) directives.set(name, quoted ?? argument ?? '');
  }
  return directives;
}

/** The directives in the one form that http-cache-semantics reads right: lower case, no quotes, no comma in an argument. */
export function formatCacheControl(directives: Directives): string {
  return Array.from(directives, ([name, argument]) =>
    argument === '' ? name : `${name}=${argument.replace(/[,"\\]/g, ' ')}`,
  ).join(', ');
}
