import type { CurrentVersion } from './current-version.ts';

const STORED = /* @__PURE__ */ Symbol.for('@etag/stored');

/** The mark of what a store gave, by which even that of a second installed copy is known. */
interface Branded {
  readonly [STORED]: true;
}

/** A value with the version that names it. */
export interface Versioned<T> extends CurrentVersion {
  readonly value: T;
}

/** What the `get` of a store gives: a value with its version, which `respond` takes. */
export type Stored<T> = Branded & Versioned<T>;

const BRANDED = /* @__PURE__ */ branded();

function branded() {
  return Object.freeze({ [STORED]: true } as const);
}

/**
 * Marks a value and its version as what a store gave, for `respond`. Stores do so themselves. You do it where you send
 * something else than the value, such as a part of it.
 *
 * @param versioned - the value, the version that names it, and when it was written
 * @returns a copy that `respond` takes
 * @example
 * const note = await notes.get('1');
 * respond(c, note && stored({ ...note, value: { title: note.value.title } }));
 */
export function stored<T>(versioned: Versioned<T>): Stored<T> {
  return Object.assign(Object.create(BRANDED), versioned);
}

/**
 * Whether a value is what a store gave, even one of a second installed copy.
 *
 * @param value - anything
 * @returns false for an object that merely has a value and a version
 */
export function isStored(value: unknown): value is Stored<unknown> {
  return typeof value === 'object' && value !== null && STORED in value;
}
