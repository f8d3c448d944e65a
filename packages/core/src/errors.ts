import type { EntityTag } from './entity-tag.ts';
import { type Failure, failureAnswer } from './failure.ts';
import { type Answer, type Problem, problem } from './problem.ts';
import type { RequestHead } from './request-head.ts';
import type { ResourceState } from './resource-state.ts';

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
    // Bytes: together with text, Node writes the head as UTF-8, and a tag beyond ASCII would arrive as another one.
    return new Response(new TextEncoder().encode(JSON.stringify(this.body)), this);
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
  readonly decision: Failure;
  /** The current tag; null when there is no current representation or it has none. */
  readonly current: EntityTag | null;

  /**
   * @param request - the method and the header fields
   * @param decision - which field failed, and why
   * @param current - the validators; null when there is no current representation, `{}` when they are not known
   */
  constructor(request: RequestHead, decision: Failure, current: ResourceState | null, options?: ErrorOptions) {
    super(failureAnswer(request, decision, current), options);
    this.decision = decision;
    this.current = current?.etag ?? null;
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
    const detail = 'Send the ETag of the resource in If-Match, or If-None-Match: * to create it.';
    super(problem(428, 'Precondition Required', detail, { field: null, reason: 'required' }), options);
  }
}

/**
 * A write may or may not have happened: the connection broke after it was sent, or the commit failed half-way. Never a
 * 412, which would say that nothing was written.
 *
 * ```http
 * PUT /notes/1 HTTP/1.1
 * If-Match: "v6"
 *
 * HTTP/1.1 500 Internal Server Error
 * ```
 *
 * @see RFC 9110 §9.2.2, §15.6.1
 */
export class OutcomeUnknownError extends EtagError {
  override readonly name = 'OutcomeUnknownError';
  readonly code = 'ETAG_OUTCOME_UNKNOWN';

  /** @param options - `cause`: what the driver, or fetch, threw */
  constructor(options?: ErrorOptions) {
    const detail = 'The write may or may not have happened. Read the resource to learn which.';
    super(problem(500, 'Internal Server Error', detail, { reason: 'unknown' }), options);
  }
}

/**
 * Whether a thrown value is an error of these packages, even one of a second installed copy.
 *
 * @param error - anything
 * @returns true for those that carry their answer: `status`, `headers` and `body`
 */
export function isEtagError(error: unknown): error is EtagError {
  return BRAND in Object(error);
}
