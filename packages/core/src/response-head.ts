/** The header fields of a response, by names in lower case. A `Headers` is one as it is. */
export interface ResponseFields {
  /** The value of a field, repeated lines joined by commas; null when it is not there. */
  get(name: string): string | null;
  set(name: string, value: string): void;
  delete(name: string): void;
  /** The names of the fields that are there. */
  keys(): Iterable<string>;
}

/** The head of a response, before it leaves. A fetch-style `Response` is one as it is. */
export interface ResponseHead {
  readonly status: number;
  readonly headers: ResponseFields;
}

/**
 * Whether a field that lists names or directives holds one of them, in any case.
 *
 * @param token - in lower case
 */
export function listsToken(fieldValue: string | null, token: string): boolean {
  const text = fieldValue?.toLowerCase() ?? '';
  let at = text.indexOf(token);
  while (at >= 0 && !(endsToken(text[at - 1]) && endsToken(text[at + token.length]))) at = text.indexOf(token, at + 1);
  return at >= 0;
}

function endsToken(char: string | undefined): boolean {
  return char === undefined || ' \t,;='.includes(char);
}

/**
 * Adds a name to Vary, unless the field holds it already.
 *
 * @param headers - the fields of a response
 * @param name - the name of a request field
 * @see RFC 9110 §12.5.5
 */
export function addVary(headers: ResponseFields, name: string): void {
  const vary = headers.get('vary');
  if (listsToken(vary, '*') || listsToken(vary, name.toLowerCase())) return;
  headers.set('vary', vary ? `${vary}, ${name}` : name);
}
