import type { ByteRange, Decision } from '@etag/core';
import type { FieldLine } from '@etag/wire';

/** The validators of the resource that a vector is about, as JSON. */
export interface VectorState {
  /** The current entity tag; absent when the representation has none. */
  etag?: string;
  /** When the representation was last modified, as an IMF-fixdate; absent when unknown. */
  lastModified?: string;
  /** What the store knows of that time beyond the second, 0 to 999. @default 0 */
  milliseconds?: number;
}

/** One request with preconditions, and what has to become of it. */
export interface Vector {
  /** Stable, kebab-case and unique, such as `if-match-weak-header-strong-state`. */
  id: string;
  /** The section of RFC 9110 that asks for it, such as `13.1.1`. */
  section: string;
  /** For people, with the section: `§13.1.1 a weak tag in If-Match never matches`. */
  title: string;
  /** The mistake of an existing implementation that this vector catches. */
  peer?: string;
  method: string;
  /** Null when there is no current representation. */
  state: VectorState | null;
  /** The status of the response without the preconditions. @default 200; without a representation see `plainStatus` */
  status?: number;
  headers: FieldLine[];
  expect: {
    outcome: Decision['outcome'];
    field: Decision['field'];
    reason: Decision['reason'];
    /** What goes over the wire. */
    status: number;
  };
}

/** One request for parts of a representation, and which of them have to be sent. */
export interface RangeVector {
  id: string;
  section: string;
  title: string;
  peer?: string;
  method: string;
  state: VectorState;
  /** The length of the representation in bytes. */
  length: number;
  headers: FieldLine[];
  expect: {
    kind: 'full' | 'partial' | 'unsatisfiable';
    /** The parts in the order in which they are sent; only for `partial`. */
    ranges?: ByteRange[];
    status: 200 | 206 | 416;
  };
}

/** One field value that is an HTTP-date, or is not. */
export interface DateVector {
  id: string;
  section: '5.6.7';
  title: string;
  value: string;
  /** The time at which the value is read, in ms since the epoch. Only a two-digit year depends on it. */
  now?: number;
  /** Milliseconds since the epoch; null when the value is not an HTTP-date. */
  expect: number | null;
}

/** One value of an If-Match or If-None-Match field, and what it lists. */
export interface TagListVector {
  id: string;
  section: string;
  title: string;
  value: string;
  /** Null when the value is malformed. */
  expect: '*' | string[] | null;
}

/**
 * The status of the response to the request of a vector without its preconditions.
 *
 * @param method - of the request
 * @param exists - whether there is a current representation
 * @returns 200, 201 or 404
 */
export function plainStatus(method: string, exists: boolean): number {
  if (exists || method === 'OPTIONS') return 200;
  return method === 'PUT' || method === 'POST' ? 201 : 404;
}
