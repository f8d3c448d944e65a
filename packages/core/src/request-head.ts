/** Anything that gives a field value by its name, null or undefined where the field is not there: a `Headers`, say. */
export interface FieldReader {
  get(name: string): string | null | undefined;
}

/**
 * Header fields: something with `get(name)`, or a record with lower-case names such as Node's `IncomingHttpHeaders`,
 * whose array values are the repeated lines of one field.
 */
export type HeaderFields = FieldReader | { readonly [name: string]: string | readonly string[] | undefined };

/** What a decision is taken on: the method (case-sensitive, RFC 9110 §9.1) and the header fields of a request. */
export interface RequestHead {
  readonly method: string;
  readonly headers: HeaderFields;
}

/** What a record has by a name, and a reader does not have. */
export type FieldRecord = Readonly<Record<string, string | readonly string[] | undefined>>;

/**
 * The value of a field.
 *
 * @param headers - of a request
 * @param name - of the field, in lower case
 * @returns the value, repeated lines joined by commas; null when the field is not there
 * @see RFC 9110 §5.3
 */
export function fieldValue(headers: HeaderFields, name: string): string | null {
  return namedField(headers, name, (headers as FieldRecord)[name]);
}

/**
 * As `fieldValue`, where the record was asked already, by a name that is written out: an engine finds such a property
 * several times as fast as one whose name changes.
 */
export function namedField(headers: HeaderFields, name: string, lines: FieldRecord[string]): string | null {
  const value = typeof headers.get === 'function' ? headers.get(name) : lines;
  return typeof value === 'string' ? value : (value?.join(', ') ?? null);
}

/**
 * Whether a request has a precondition that compares dates.
 *
 * @param headers - of the request
 * @returns true with If-Modified-Since or If-Unmodified-Since
 */
export function comparesDates(headers: HeaderFields): boolean {
  const record = headers as FieldRecord;
  return (
    namedField(headers, 'if-modified-since', record['if-modified-since']) !== null ||
    namedField(headers, 'if-unmodified-since', record['if-unmodified-since']) !== null
  );
}

/**
 * Whether a request has a precondition.
 *
 * @param headers - of the request
 * @returns true with any of the four fields that carry one; If-Range is not among them
 * @see RFC 9110 §13.1
 */
export function hasPreconditions(headers: HeaderFields): boolean {
  const record = headers as FieldRecord;
  return (
    namedField(headers, 'if-none-match', record['if-none-match']) !== null ||
    namedField(headers, 'if-match', record['if-match']) !== null ||
    comparesDates(headers)
  );
}
