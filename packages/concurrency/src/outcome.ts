import { namedTag } from './content-coding.js';
import { UNCONDITIONAL } from './decision.js';
import type { CurrentVersion } from './expectation.js';
import { formatHttpDate } from './http-date.js';
import { evaluatePreconditions } from './preconditions.js';
import { type Answer, preconditionFailed, problem } from './problem.js';
import type { RequestHead } from './request-head.js';
import { versionTag } from './version-tag.js';

/** A stored value with the version that names it. */
export interface Versioned<T> extends CurrentVersion {
  readonly value: T;
}

/** What became of a conditional write. An outcome that nobody knows is no outcome: it is thrown as an error. */
export type Outcome<T> =
  /** The value was stored where nothing was. */
  | ({ readonly kind: 'created' } & Versioned<T>)
  /** The value replaced another. */
  | ({ readonly kind: 'updated' } & Versioned<T>)
  /** The stored value is the wanted one already: an earlier try went through (RFC 9110 §13.1.1). */
  | ({ readonly kind: 'already-applied' } & Versioned<T>)
  | { readonly kind: 'deleted' }
  /** Another version is current than the one expected. */
  | { readonly kind: 'stale'; readonly current: CurrentVersion }
  /** Nothing was expected, and something is stored. */
  | { readonly kind: 'exists'; readonly current: CurrentVersion }
  /** Something was expected, and nothing is stored. */
  | { readonly kind: 'missing' }
  /** Other writers came first at every try; the caller named no version, and may try again. */
  | { readonly kind: 'contended' };

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
 * | missing | 404 to PATCH and DELETE, which cannot create; 412 to a PUT or POST |
 * | contended | 503 |
 *
 * @param outcome - what the store said
 * @param request - the request that caused the write, to name the field that failed
 * @returns the value as the body of a success, null after a delete, problem details of a refusal with the current tag
 * @see RFC 9110 §9.3.4, §13.2.1, §15.5.13
 */
export function toHttp<T>(outcome: Outcome<T>, request: RequestHead, options?: ToHttpOptions): Answer<T> | Answer {
  switch (outcome.kind) {
    case 'created':
    case 'updated':
    case 'already-applied':
      return { status: outcome.kind === 'created' ? 201 : 200, headers: validators(outcome, request, options), body: outcome.value };
    case 'deleted':
      return { status: 204, headers: {}, body: null };
    case 'contended':
      return problem(503, 'Service Unavailable', 'Other writers came first; nothing was written', { reason: 'contended' });
    case 'missing':
      // RFC 9110 §13.2.1: what would be a 404 without the preconditions stays one
      return request.method === 'PATCH' || request.method === 'DELETE'
        ? problem(404, 'Not Found', 'There is no current representation', { reason: 'missing' })
        : refusal(request, null);
    default:
      return refusal(request, outcome.current);
  }
}

/** RFC 9110 §9.3.4: MUST NOT send a validator in response to a PUT unless the content was stored as sent. */
function validators<T>(stored: Versioned<T>, request: RequestHead, options: ToHttpOptions | undefined): Record<string, string> {
  if (request.method === 'PUT' && !options?.storedAsSent) return {};
  return {
    etag: versionTag(stored.version),
    ...(stored.modified !== undefined && { 'last-modified': formatHttpDate(stored.modified) }),
  };
}

/** 412, with the field and the reason that the current version gives. */
function refusal(request: RequestHead, current: CurrentVersion | null): Answer {
  const etag = current && versionTag(current.version);
  const state = etag && { etag: namedTag(request, etag), lastModified: current.modified };
  const decision = evaluatePreconditions(request, state);
  return preconditionFailed(decision.outcome === 'failed' ? decision : UNCONDITIONAL, etag);
}
