import {
  type Answer,
  evaluatePreconditions,
  formatHttpDate,
  namedTag,
  PreconditionFailedError,
  problem,
  type RequestHead,
  versionTag,
} from '@etag/core';
import type { CurrentVersion, Expectation } from './expectation.js';

/** A stored value with the version that names it. */
export interface Versioned<T> extends CurrentVersion {
  readonly value: T;
}

/** Nothing was written, and why. */
export type Refused =
  /** Another version is current than the one expected. */
  | { readonly kind: 'stale'; readonly current: CurrentVersion }
  /** Nothing was expected, and something is stored. */
  | { readonly kind: 'exists'; readonly current: CurrentVersion }
  /** Nothing is stored, and something was expected or is needed. */
  | { readonly kind: 'missing' }
  /** Other writers came first at every try; the same request may go through later. */
  | { readonly kind: 'contended' };

/** What became of a put: the value as it is stored now, or a refusal. */
export type PutOutcome<T> =
  /** The value was stored where nothing was. */
  | ({ readonly kind: 'created' } & Versioned<T>)
  /** The value replaced another. */
  | ({ readonly kind: 'updated' } & Versioned<T>)
  | Refused;

/** What became of a replacement that tells an earlier try from a conflict. */
export type ReplaceOutcome<T> =
  | PutOutcome<T>
  /** The stored value is the wanted one already: an earlier try went through (RFC 9110 §13.1.1). */
  | ({ readonly kind: 'already-applied' } & Versioned<T>);

/** What became of a delete. */
export type DeleteOutcome = { readonly kind: 'deleted' } | Refused;

/** What became of a conditional write. An outcome that nobody knows is no outcome: it is thrown as an error. */
export type Outcome<T> = ReplaceOutcome<T> | DeleteOutcome;

/**
 * The outcome of a write whose expectation does not hold: one classification for every store.
 *
 * @param expectation - what the write expected
 * @param current - what is stored; null when nothing is
 * @returns missing, exists, or stale with the current version
 */
export function refused(expectation: Expectation, current: CurrentVersion | null): Refused {
  if (!current) return { kind: 'missing' };
  const { version, modified } = current;
  return { kind: expectation.absent ? 'exists' : 'stale', current: { version, modified } };
}

/** What `toHttp` cannot know by itself. */
export interface ToHttpOptions {
  /**
   * Whether the content was stored as it was sent, byte for byte, so that the response to a PUT may carry the new tag.
   * @default false
   */
  storedAsSent?: boolean | undefined;
}

/**
 * The response to a conditional write.
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
 * @param outcome - what the store said
 * @param request - the request that caused the write, to name the field that failed
 * @param options - `storedAsSent`: whether a PUT may carry its validators; @default false
 * @returns the value as the JSON body of a success, null after a delete, problem details of a refusal with the current
 *   tag
 * @see RFC 9110 §9.3.4, §13.2.1, §15.5.13
 */
export function toHttp<T>(outcome: Outcome<T>, request: RequestHead, options?: ToHttpOptions): Answer<T> | Answer {
  switch (outcome.kind) {
    case 'created':
    case 'updated':
    case 'already-applied': {
      const status = outcome.kind === 'created' ? 201 : 200;
      return { status, headers: { ...JSON_CONTENT, ...validators(outcome, request, options) }, body: outcome.value };
    }
    case 'deleted':
      return { status: 204, headers: {}, body: null };
    case 'contended':
      return contended();
    case 'missing':
      return failed(request, 'absent', null);
    case 'exists':
      return failed(request, 'exists', outcome.current);
    case 'stale':
      return failed(request, 'no-match', outcome.current);
  }
}

const JSON_CONTENT = { 'content-type': 'application/json' };

/** RFC 9110 §9.3.4: MUST NOT send a validator in response to a PUT unless the content was stored as sent. */
function validators<T>(
  stored: Versioned<T>,
  request: RequestHead,
  options: ToHttpOptions | undefined,
): Record<string, string> {
  if (request.method === 'PUT' && !options?.storedAsSent) return {};
  return {
    etag: versionTag(stored.version),
    ...(stored.modified !== undefined && { 'last-modified': formatHttpDate(stored.modified) }),
  };
}

/** 412, or 404, with the field and the reason that the current version gives. */
function failed(
  request: RequestHead,
  reason: 'absent' | 'exists' | 'no-match',
  current: CurrentVersion | null,
): Answer {
  const state = current && { etag: versionTag(current.version), lastModified: current.modified };
  const evaluated = evaluatePreconditions(request, state, { named: namedTag });
  // An expectation that did not come from the fields of this request, but from its content, say, failed by no field.
  const decision = evaluated.outcome === 'failed' ? evaluated : ({ outcome: 'failed', field: null, reason } as const);
  const { status, headers, body } = new PreconditionFailedError(request.method, decision, state);
  return { status, headers, body };
}

function contended(): Answer {
  const detail = 'Other writers came first; nothing was written.';
  const answer = problem(503, 'Service Unavailable', detail, { reason: 'contended' });
  return { ...answer, headers: { ...answer.headers, 'retry-after': '1' } };
}
