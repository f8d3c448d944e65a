// Slow, and close to the letter of RFC 9110 §13.2.2.
import { formsIn, readTag, readTagList, type Tag, textOf } from './entity-tags.ts';
import { readDate } from './http-date.ts';

/** A request as the reference reads it: field values by lower-case names. */
export interface PlainRequest {
  readonly method: string;
  readonly fields: Readonly<Record<string, string>>;
}

/** The validators as text and ms; null where there is no current representation. */
export type PlainState = { readonly etag?: string | null; readonly lastModified?: number | null } | null;

export interface Expected {
  readonly outcome: 'proceed' | 'not-modified' | 'failed';
  readonly field: string | null;
  readonly reason: string;
  readonly form: string | null;
}

const expected = (
  outcome: Expected['outcome'],
  field: string | null,
  reason: string,
  form: string | null = null,
): Expected => ({
  outcome,
  field,
  reason,
  form,
});

const READS = ['GET', 'HEAD', 'QUERY'];

/** What the preconditions of a request come to. */
export function decide(
  { method, fields }: PlainRequest,
  current: PlainState,
  {
    status = 200,
    acceptWeakened = false,
    now = Date.now(),
  }: { status?: number; acceptWeakened?: boolean; now?: number } = {},
): Expected {
  const nothing = expected('proceed', null, 'none');
  // §13.2.1: "MUST ignore" with a method that involves no selected representation, or a status that is neither 2xx nor 412
  if (['CONNECT', 'OPTIONS', 'TRACE'].includes(method)) return nothing;
  if (status !== 412 && Math.floor(status / 100) !== 2) return nothing;
  let guard: Expected | null = null;
  // Steps 1 and 2
  if (fields['if-match'] !== undefined) guard = ifMatch(fields['if-match'], current, acceptWeakened);
  else if (fields['if-unmodified-since'] !== undefined) {
    const isModified = modifiedAfter(fields['if-unmodified-since'], current, now);
    if (isModified !== null) {
      guard = expected(
        isModified ? 'failed' : 'proceed',
        'if-unmodified-since',
        isModified ? 'modified' : 'unmodified',
      );
    }
  }
  if (guard?.outcome === 'failed') return guard;
  // Steps 3 and 4
  const isRead = READS.includes(method);
  if (fields['if-none-match'] !== undefined) return ifNoneMatch(fields['if-none-match'], isRead, current);
  if (isRead && fields['if-modified-since'] !== undefined) {
    const isModified = modifiedAfter(fields['if-modified-since'], current, now);
    if (isModified !== null) {
      return expected(
        isModified ? 'proceed' : 'not-modified',
        'if-modified-since',
        isModified ? 'modified' : 'unmodified',
      );
    }
  }
  return guard ?? nothing;
}

/** §13.1.1; a field that cannot be read fails, since it may have been meant to guard. */
function ifMatch(value: string, current: PlainState, acceptWeakened: boolean): Expected {
  const list = readTagList(value);
  const result = (holds: boolean, reason: string) => expected(holds ? 'proceed' : 'failed', 'if-match', reason);
  if (list === '*') return current ? result(true, 'exists') : result(false, 'absent');
  if (list === null) return result(false, 'malformed');
  if (current === null) return result(false, 'absent');
  const tag = current.etag ? readTag(current.etag) : null;
  const forms = tag ? formsIn(list, tag) : [];
  if (!tag || forms.length === 0) return result(false, 'no-match');
  // Strong comparison: neither of the two is weak.
  const matches = !tag.weak && forms.some(({ weak }) => !weak || acceptWeakened);
  return result(matches, matches ? 'matched' : 'weak');
}

/** §13.1.2; a field that cannot be read is ignored on a read, and fails on a write. */
function ifNoneMatch(value: string, isRead: boolean, current: PlainState): Expected {
  const list = readTagList(value);
  const found = isRead ? 'not-modified' : 'failed';
  if (list === null) return expected(isRead ? 'proceed' : 'failed', 'if-none-match', 'malformed');
  if (current === null) return expected('proceed', 'if-none-match', 'absent');
  if (list === '*') return expected(found, 'if-none-match', 'exists');
  const tag = current.etag ? readTag(current.etag) : null;
  const forms = tag ? formsIn(list, tag) : [];
  if (!tag || forms.length === 0) return expected('proceed', 'if-none-match', 'no-match');
  return expected(found, 'if-none-match', 'matched', isRead ? formOf(forms, tag) : null);
}

/** The form that the 304 carries where it is not the tag: a strong one before a weak one, never stronger than the tag. */
function formOf(forms: readonly Tag[], tag: Tag): string | null {
  const isTag = (form: Tag) => textOf(form) === textOf(tag);
  const form = forms.find(isTag) ?? forms.find(({ weak }) => !weak) ?? (forms[0] as Tag);
  return isTag(form) || (tag.weak && !form.weak) ? null : textOf(form);
}

/** §13.1.3, §13.1.4: null where the field must be ignored. */
function modifiedAfter(value: string, current: PlainState, now: number): boolean | null {
  const date = readDate(value, now);
  if (date === null || current?.lastModified == null) return null;
  return Math.floor(current.lastModified / 1000) > date;
}
