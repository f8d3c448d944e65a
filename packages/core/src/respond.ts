import type { PreconditionField, Reason } from './decision.ts';
import { type Circumstances, type ObserveOptions, report, reportRefusal } from './decision-event.ts';
import type { EntityTag } from './entity-tag.ts';
import type { CurrentVersion, Expectation } from './expectation.ts';
import { failureAnswer } from './failure.ts';
import { formatHttpDate } from './http-date.ts';
import { isOutcome, type Outcome, type Refused, type Versioned } from './outcome.ts';
import { type Answer, problem } from './problem.ts';
import { fieldValue, type RequestHead } from './request-head.ts';
import type { TagCodec } from './tag-codec.ts';
import { versionTag } from './version-tag.ts';

/** What the answer to a conditional write cannot tell from its outcome. */
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
 * The answer to a conditional write.
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
 * @param request - the request that caused the write
 * @param outcome - what the store said
 * @param options - `storedAsSent`: whether a PUT may carry its validators; @default false; `codec`: how the version becomes
 *   the tag; @default that of `versionTag`
 * @param circumstances - who is told of the outcome
 * @returns the value as the JSON body of a success, null after a delete, problem details of a refusal with the current
 *   tag
 * @throws TypeError for anything but an outcome: undefined, or an object of your own
 * @see RFC 9110 §9.3.4, §13.2.1, §15.5.13
 */
export function respond<T>(
  request: RequestHead,
  outcome: Outcome<T>,
  options?: RespondOptions,
  circumstances: Circumstances = { onDecision: options?.onDecision, handlerRan: true },
): Answer<T> | Answer {
  const answer = answerTo(request, outcome, options);
  const isRefusal = answer.status >= 400;
  if (isRefusal) reportRefusal(request, circumstances, answer as Answer);
  else report(request, circumstances, { status: answer.status, field: null, reason: 'none' });
  return answer;
}

function answerTo<T>(
  request: RequestHead,
  outcome: Outcome<T>,
  options: RespondOptions | undefined,
): Answer<T> | Answer {
  if (!isOutcome(outcome)) throw notAnOutcome(outcome);
  switch (outcome.kind) {
    case 'created':
    case 'updated':
    case 'already-applied': {
      const status = outcome.kind === 'created' ? 201 : 200;
      return {
        status,
        headers: { ...JSON_CONTENT, ...validators(outcome, request, options) },
        body: outcome.value as T,
      };
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
      throw notAnOutcome(outcome);
  }
}

const JSON_CONTENT = { 'content-type': 'application/json' };

function notAnOutcome(value: unknown): TypeError {
  return new TypeError(`Not an outcome: ${JSON.stringify(value)}. Give what a store returned`);
}

/** RFC 9110 §9.3.4: MUST NOT send a validator in response to a PUT unless the content was stored as sent. */
function validators(
  stored: Versioned<unknown>,
  request: RequestHead,
  options: RespondOptions | undefined,
): Record<string, string> {
  if (request.method === 'PUT' && !options?.storedAsSent) return {};
  return {
    etag: tagOf(stored, options),
    ...(stored.modified !== undefined && { 'last-modified': formatHttpDate(stored.modified) }),
  };
}

function tagOf({ version }: CurrentVersion, options: RespondOptions | undefined): EntityTag {
  return (options?.codec?.format ?? versionTag)(version);
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
  return failureAnswer(request, failure, current && { etag: tagOf(current, options), lastModified: current.modified });
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
