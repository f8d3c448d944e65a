import type { PreconditionField, Reason } from './decision.ts';
import type { EntityTag } from './entity-tag.ts';

/** Problem details of a refused request (RFC 9457, of type about:blank), with what a client needs to try again. */
export interface Problem {
  readonly title: string;
  readonly status: number;
  /** For people; its wording may change. */
  readonly detail: string;
  /** The request header field that decided; null when none did. */
  readonly field?: PreconditionField | null;
  /**
   * Why, in a word for machines: the reason of a decision; `no-version` where If-Match names tags that are not versions;
   * `required` of a 428; `contended`; `unknown` of a write whose outcome is not known.
   */
  readonly reason?: Reason | 'no-version' | 'required' | 'contended' | 'unknown';
  /** The current tag; null when there is no current representation or it has none. */
  readonly current?: EntityTag | null;
}

/** A response before a framework makes it one of its own. */
export interface Answer<Body = Problem> {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Null for a response without content, unless it has a type: then it is the JSON value. */
  readonly body: Body | null;
}

/**
 * Whether a response has content. A stored null is content: its response has a type.
 *
 * @param answer - as `respond` makes it
 * @returns false after a delete
 */
export function hasContent({ headers }: Answer<unknown>): boolean {
  return 'content-type' in headers;
}

/**
 * Problem details as an answer; the current tag goes into the ETag field as well.
 *
 * @param status - such as 412
 * @param title - the reason phrase of the status
 * @param detail - what was wrong and what to do, for people
 * @param members - what a client needs to try again
 * @returns the answer
 * @see RFC 9457 §3
 */
export function problem(
  status: number,
  title: string,
  detail: string,
  members: Pick<Problem, 'field' | 'reason' | 'current'>,
): Answer {
  const headers = { 'content-type': 'application/problem+json', ...(members.current && { etag: members.current }) };
  return { status, headers, body: { title, status, detail, ...members } };
}
