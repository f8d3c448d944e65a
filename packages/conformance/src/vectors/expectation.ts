import type { PreconditionField, Reason } from '@etag/core';
import type { Vector } from '../vector.ts';

type Expectation = Vector['expect'];

/** No precondition applies. */
export function unconditional(status = 200): Expectation {
  return { outcome: 'proceed', field: null, reason: 'none', status };
}

/** The method is performed. */
export function proceed(field: PreconditionField, reason: Reason, status = 200): Expectation {
  return { outcome: 'proceed', field, reason, status };
}

/** 304 (Not Modified). */
export function notModified(field: PreconditionField, reason: Reason): Expectation {
  return { outcome: 'not-modified', field, reason, status: 304 };
}

/** 412 (Precondition Failed), unless the plain status takes precedence. */
export function failed(field: PreconditionField, reason: Reason, status = 412): Expectation {
  return { outcome: 'failed', field, reason, status };
}

/** A request that must not be performed: 304 on a safe method, 412 on any other (RFC 9110 §13.1.2). */
export function denied(method: string, field: PreconditionField, reason: Reason): Expectation {
  return isSafe(method) ? notModified(field, reason) : failed(field, reason);
}

/** GET, HEAD, and QUERY, whose results are revalidated like those of GET. */
export function isSafe(method: string): boolean {
  return SAFE_METHODS.includes(method);
}

export const SAFE_METHODS = ['GET', 'HEAD', 'QUERY'];
export const UNSAFE_METHODS = ['POST', 'PUT', 'PATCH', 'DELETE'];
export const METHODS = [...SAFE_METHODS, ...UNSAFE_METHODS];
