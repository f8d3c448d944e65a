import type { Decision, PreconditionField, Reason } from './decision.js';
import type { EntityTag } from './entity-tag.js';

/** Problem details of a refused request (RFC 9457), with what a client needs to try again. */
export interface Problem {
  readonly type: 'about:blank';
  readonly title: string;
  readonly status: number;
  /** For people; its wording may change. */
  readonly detail: string;
  /** The request header field that decided; null when none did. */
  readonly field?: PreconditionField | null;
  /** Why, in a word for machines. */
  readonly reason?: Reason | 'required' | 'missing' | 'contended' | 'unknown';
  /** The current tag; null when there is no current representation or it has none. */
  readonly current?: EntityTag | null;
}

/** A response before a framework makes it one of its own. */
export interface Answer<Body = Problem> {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Null for a response without content. */
  readonly body: Body | null;
}

const FIELD_NAMES: Record<PreconditionField, string> = {
  'if-match': 'If-Match',
  'if-none-match': 'If-None-Match',
  'if-modified-since': 'If-Modified-Since',
  'if-unmodified-since': 'If-Unmodified-Since',
};

const EXPLANATIONS: Partial<Record<Reason, string>> = {
  'no-match': 'names no current representation: it has changed since you read it',
  weak: 'takes strong tags only, and one of the two is weak',
  absent: 'asks for a current representation, and there is none',
  exists: 'asks that there be no current representation, and there is one',
  matched: 'names the current representation',
  modified: 'is earlier than the last modification',
  malformed: 'is malformed: entity tags stand in double quotes, separated by commas, or * stands alone',
};

/** The answer to a request with a failed precondition: 412, with the current tag. */
export function preconditionFailed(decision: Decision, current: EntityTag | null): Answer {
  const { field, reason } = decision;
  const detail = field
    ? `${FIELD_NAMES[field]} ${EXPLANATIONS[reason]}.`
    : 'The resource has changed since it was read.';
  return problem(412, 'Precondition Failed', detail, { field, reason, current });
}

/** The answer to a write without the precondition it needs: 428. */
export function preconditionRequired(current: EntityTag | null): Answer {
  const detail =
    'Send If-Match with the ETag of the representation you read, or If-None-Match: * to create, so that nobody’s work is overwritten.';
  return problem(428, 'Precondition Required', detail, { field: null, reason: 'required', current });
}

/** Problem details as an answer; the current tag goes into the ETag field as well. */
export function problem(
  status: number,
  title: string,
  detail: string,
  members: Pick<Problem, 'field' | 'reason' | 'current'>,
): Answer {
  const headers: Record<string, string> = { 'content-type': 'application/problem+json' };
  if (members.current) headers.etag = members.current;
  return { status, headers, body: { type: 'about:blank', title, status, detail, ...members } };
}

/** An answer as a fetch-style response, its body as JSON. */
export function toResponse(answer: Answer<unknown>): Response {
  const body = answer.body === null ? null : JSON.stringify(answer.body);
  return new Response(body, { status: answer.status, headers: answer.headers });
}
