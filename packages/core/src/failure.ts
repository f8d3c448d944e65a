import type { Decision, PreconditionField, Reason } from './decision.ts';
import { type EntityTag, isWeak } from './entity-tag.ts';
import { findInList, parseEntityTagList } from './entity-tag-list.ts';
import { type Answer, problem } from './problem.ts';
import { fieldValue, type HeaderFields, type RequestHead } from './request-head.ts';
import type { ResourceState } from './resource-state.ts';
import { versionOf } from './version-tag.ts';

/** What failed, as a decision of core or an outcome of a store says. */
export type Failure = Pick<Decision, 'field' | 'reason'>;

/** Why a precondition failed, for machines: one that names no version is told from one that names another. */
export type FailureReason = Reason | 'no-version';

/**
 * The answer to a request whose precondition failed: 412, or 404 to a PATCH or DELETE of what does not exist.
 *
 * @param request - to tell the causes of a failed If-Match apart
 * @param failure - the field that failed, and why
 * @param current - the validators; null when there is no current representation, `{}` when they are not known
 * @returns problem details, with the current tag
 * @see RFC 9110 §13.2.1, §15.5.13
 */
export function failureAnswer(request: RequestHead, failure: Failure, current: ResourceState | null): Answer {
  const { field } = failure;
  const tag = current?.etag ?? null;
  const reason = reasonOf(request, failure, tag);
  // RFC 9110 §13.2.1: what would be a 404 without the preconditions stays one
  const isMissing = !current && (request.method === 'PATCH' || request.method === 'DELETE');
  const [status, title] = isMissing ? ([404, 'Not Found'] as const) : ([412, 'Precondition Failed'] as const);
  return problem(status, title, detailOf(request, field, reason), { field, reason, current: tag });
}

/** A failed If-Match may name the current tag in its weak form, or name no version at all: reading again does not help. */
function reasonOf({ headers }: RequestHead, { field, reason }: Failure, tag: EntityTag | null): FailureReason {
  if (field !== 'if-match' || !tag) return reason;
  const list = fieldValue(headers, field) ?? '';
  // Neither `none` nor `malformed` begins like a weak tag.
  if (isWeak(findInList(list, tag) as EntityTag)) return 'weak';
  const tags = parseEntityTagList(list);
  const isForeign = Array.isArray(tags) && tags.length > 0 && tags.every((tag) => versionOf(tag) === null);
  return isForeign && versionOf(tag) !== null ? 'no-version' : reason;
}

const READ_AGAIN = 'Read it again, and send its new ETag.';
const NO_USE = 'Reading it again does not help.';

/** What to do about it, for people. */
function detailOf({ headers }: RequestHead, field: PreconditionField | null, reason: FailureReason): string {
  // if-match → If-Match
  const name = field ? field.replace(/\b[a-z]/g, (letter) => letter.toUpperCase()) : 'The precondition';
  switch (reason) {
    case 'no-match':
      return `${name} does not name the current version: the resource has changed. ${READ_AGAIN}`;
    case 'weak':
      return `${name} holds a weak tag (W/), which never matches. A proxy that compresses may have weakened it. ${NO_USE} The server can accept it (acceptWeakened).`;
    case 'no-version':
      return `${name} holds a tag of the content, and this write needs that of the version. ${NO_USE} The server must send the version as the ETag.`;
    case 'malformed':
      return `${name} arrived as \`${shown(headers, field)}\`, which is not a list of entity tags. A tag includes its quotes: "v7" or W/"v7".`;
    case 'absent':
      return 'There is no such resource. To create it, send If-None-Match: *.';
    case 'exists':
      return 'The resource exists already. To change it, send its ETag in If-Match.';
    case 'matched':
      return `${name} names the current version.`;
    case 'modified':
      return `${name} is before the last change. ${READ_AGAIN}`;
    default:
      return `${name} failed: ${reason}.`;
  }
}

/** What arrived: cut short, and without anything that a terminal, a log or a page would obey. */
function shown(headers: HeaderFields, field: PreconditionField | null): string {
  const sent = (field && fieldValue(headers, field)) ?? '';
  return sent.slice(0, 80).replace(/[^ -;=?-_a-~]/g, '?');
}
