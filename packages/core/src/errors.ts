import type { Decision } from './decision.js';
import type { EntityTag } from './entity-tag.js';
import { type Answer, type Problem, problem } from './problem.js';
import type { ResourceState } from './resource-state.js';

const BRAND = /* @__PURE__ */ Symbol.for('@etag/error');

/** What every error of these packages has in common. Tell one by `isEtagError` and its `code`, never by its message. */
export abstract class EtagError extends Error implements Answer {
  declare readonly [BRAND]: true;
  /** Names the kind of error; stable across versions. */
  abstract readonly code: string;
  /** The status of the response that this error becomes. */
  declare readonly status: number;
  /** The header fields of that response, names in lower case. */
  declare readonly headers: Answer['headers'];
  /** Its content: problem details. */
  declare readonly body: Problem;

  constructor(answer: Answer, options?: ErrorOptions) {
    super(answer.body?.detail, options);
    Object.assign(this, answer, { [BRAND]: true });
  }

  /** The error as a fetch-style response. Hono's default error handler, for one, sends it. */
  getResponse(): Response {
    return new Response(JSON.stringify(this.body), this);
  }
}

/**
 * A precondition failed.
 *
 * ```http
 * PUT /notes/1 HTTP/1.1
 * If-Match: "v6"
 *
 * HTTP/1.1 412 Precondition Failed
 * ETag: "v7"
 * ```
 *
 * A PATCH or DELETE of what does not exist gets 404 instead.
 *
 * @see RFC 9110 §15.5.13
 */
export class PreconditionFailedError extends EtagError {
  override readonly name = 'PreconditionFailedError';
  readonly code = 'ETAG_PRECONDITION_FAILED';
  /** Which field failed, and why. */
  readonly decision: Decision;
  /** The current tag; null when there is no current representation or it has none. */
  readonly current: EntityTag | null;

  /** @param current - the validators; null when there is no current representation, `{}` when they are not known */
  constructor(method: string, decision: Decision, current: ResourceState | null, options?: ErrorOptions) {
    const { field, reason } = decision;
    const etag = current?.etag ?? null;
    // RFC 9110 §13.2.1: what would be a 404 without the preconditions stays one
    const missing = !current && (method === 'PATCH' || method === 'DELETE');
    const detail = `${field ?? 'expectation'}: ${reason}. Read the resource again.`;
    const members = { field, reason, current: etag };
    super(problem(missing ? 404 : 412, missing ? 'Not Found' : 'Precondition Failed', detail, members), options);
    this.decision = decision;
    this.current = etag;
  }
}

/**
 * A write came without a precondition where one is required.
 *
 * ```http
 * PUT /notes/1 HTTP/1.1
 *
 * HTTP/1.1 428 Precondition Required
 * ```
 *
 * @see RFC 6585 §3
 */
export class PreconditionRequiredError extends EtagError {
  override readonly name = 'PreconditionRequiredError';
  readonly code = 'ETAG_PRECONDITION_REQUIRED';

  constructor(options?: ErrorOptions) {
    const detail = 'Send if-match with the etag you read, or if-none-match: * to create.';
    super(problem(428, 'Precondition Required', detail, { field: null, reason: 'required' }), options);
  }
}

/** Whether a thrown value is an error of these packages, even one of a second installed copy. */
export function isEtagError(error: unknown): error is EtagError {
  return BRAND in Object(error);
}
