import type { PreconditionField, Reason } from './decision.ts';
import { type Circumstances, type ObserveOptions, report, reportRefusal } from './decision-event.ts';
import type { Expectation } from './expectation.ts';
import { failureAnswer } from './failure.ts';
import { formatHttpDate } from './http-date.ts';
import { isRead } from './method.ts';
import { mistake } from './mistake.ts';
import { checkWriteNames } from './options.ts';
import { isOutcome, type Outcome, type Refused } from './outcome.ts';
import { type Answer, problem } from './problem.ts';
import { fieldValue, type RequestHead } from './request-head.ts';
import { isStored, type Stored, type Versioned } from './stored.ts';
import { stateOf, type TagCodec, tagOfVersion } from './tag-codec.ts';

/** What the answer cannot tell from what a store gave. */
export interface RespondOptions extends ObserveOptions {
  /**
   * Whether the content was stored as it was sent, byte for byte, so that the response to a PUT may carry the new tag.
   * @default false
   */
  storedAsSent?: boolean | undefined;
  /** How the version becomes the tag. @default that of `versionTag` */
  codec?: TagCodec | undefined;
}

/**
 * The answer to a conditional write, or to a read.
 *
 * | outcome | status |
 * |---|---|
 * | created | 201 |
 * | updated, already-applied | 200 |
 * | deleted | 204 |
 * | stale, exists | 412 |
 * | missing | 404 to PATCH and DELETE, which cannot create; 412 to any other method |
 * | contended | 503 |
 *
 * To a GET, HEAD or QUERY, what `get` gave is a 200 with its validators, and null is a 404. The preconditions are those of
 * any response that is made: evaluate them by `evaluateResponse`, as the adapters do.
 *
 * @param request - the request that is answered
 * @param result - what the store gave: the outcome of a write; to a read, a value with its version, or null
 * @param options - `storedAsSent`: whether a PUT may carry its validators; @default false; `codec`: how the version becomes
 *   the tag; @default that of `versionTag`
 * @param circumstances - who is told of the outcome
 * @returns the value as the JSON body of a success, null after a delete, problem details of a refusal with the current
 *   tag
 * @throws TypeError for what did not come from a store: undefined, a promise, an object of your own; and for what `get` gave
 *   where the request is a write; for an option that there is not
 * @see RFC 9110 §9.3.4, §13.2.1, §15.5.13
 */
export function respond<T>(
  request: RequestHead,
  result: Outcome<T> | Stored<T> | null,
  options?: RespondOptions,
  circumstances: Circumstances = { onDecision: options?.onDecision, handlerRan: true },
): Answer<T> | Answer {
  checkWriteNames(options);
  const answer = isOutcome(result) ? answerTo(request, result, options) : answerToRead(request, result, options);
  const isRefusal = answer.status >= 400;
  // A read is told of when its preconditions are evaluated.
  if (!isRefusal && isStored(result)) return answer;
  if (isRefusal) reportRefusal(request, circumstances, answer as Answer);
  else report(request, circumstances, { status: answer.status, field: null, reason: 'none' });
  return answer;
}

function answerTo<T>(
  request: RequestHead,
  outcome: Outcome<T>,
  options: RespondOptions | undefined,
): Answer<T> | Answer {
  switch (outcome.kind) {
    case 'created':
    case 'updated':
    case 'already-applied': {
      return success(outcome.kind === 'created' ? 201 : 200, outcome as Versioned<T>, request, options);
    }
    case 'deleted':
      return { status: 204, headers: {}, body: null };
    case 'contended':
      return contended();
    case 'stale':
    case 'exists':
    case 'missing':
      return refusal(request, outcome, options);
    default:
      throw notOfStore(request, outcome);
  }
}

/** Only a read is answered with what was read: as the answer to a write, it would claim one that was not done. */
function answerToRead<T>(
  request: RequestHead,
  result: Stored<T> | null,
  options: RespondOptions | undefined,
): Answer<T> | Answer {
  if (isRead(request.method)) {
    // RFC 9110 §13.2.1: whatever the preconditions
    if (result === null) return problem(404, 'Not Found', 'There is no such resource.', { reason: 'absent' });
    if (isStored(result)) return success(200, result, request, options);
  }
  throw notOfStore(request, result);
}

function notOfStore({ method }: RequestHead, value: unknown): TypeError {
  const returned = isRead(method) ? 'what get() gave' : 'the outcome of the write';
  // The content of an object stays out of logs, and may be of what JSON does not have.
  const names = typeof value === 'object' && value !== null ? Object.keys(value) : [];
  const shown = names.length > 0 ? `{ ${names.join(', ')} }` : value;
  return mistake('an outcome', value, `Give what a store returned: to ${method}, ${returned}`, shown);
}

function success<T>(
  status: number,
  stored: Versioned<T>,
  request: RequestHead,
  options: RespondOptions | undefined,
): Answer<T> {
  const headers = { 'content-type': 'application/json', ...validators(stored, request, options) };
  return { status, headers, body: stored.value };
}

/** RFC 9110 §9.3.4: MUST NOT send a validator in response to a PUT unless the content was stored as sent. */
function validators(
  stored: Versioned<unknown>,
  request: RequestHead,
  options: RespondOptions | undefined,
): Record<string, string> {
  if (request.method === 'PUT' && !options?.storedAsSent) return {};
  return {
    etag: tagOfVersion(stored.version, options?.codec),
    ...(stored.modified !== undefined && { 'last-modified': formatHttpDate(stored.modified) }),
  };
}

/** The request field that each member of an expectation stands for. */
const FIELDS: Readonly<Record<keyof Expectation, PreconditionField>> = {
  exists: 'if-match',
  oneOf: 'if-match',
  unmodifiedSince: 'if-unmodified-since',
  absent: 'if-none-match',
  noneOf: 'if-none-match',
};

/** 412, or 404, with the field and the reason that the store gives. */
function refusal(
  request: RequestHead,
  outcome: Exclude<Refused, { kind: 'contended' }>,
  options: RespondOptions | undefined,
): Answer {
  const field = outcome.failed ? FIELDS[outcome.failed] : null;
  // An expectation that did not come from the fields of this request, but from its content, say, failed by no field.
  const isSent = field !== null && fieldValue(request.headers, field) !== null;
  const failure = { field: isSent ? field : null, reason: reasonOf(outcome) };
  const current = outcome.kind === 'missing' ? null : outcome.current;
  return failureAnswer(request, failure, stateOf(current, options?.codec));
}

function reasonOf({ kind, failed }: Refused): Reason {
  if (kind === 'missing') return 'absent';
  if (kind === 'exists') return 'exists';
  return failed === 'unmodifiedSince' ? 'modified' : failed === 'noneOf' ? 'matched' : 'no-match';
}

function contended(): Answer {
  const detail = 'Other writers came first. Nothing was written: try again later.';
  const answer = problem(503, 'Service Unavailable', detail, { reason: 'contended' });
  return { ...answer, headers: { ...answer.headers, 'retry-after': '1' } };
}
