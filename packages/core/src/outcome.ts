import type { CurrentVersion } from './current-version.ts';
import { type Expectation, failedMember } from './expectation.ts';
import type { Versioned } from './stored.ts';

const OUTCOME = /* @__PURE__ */ Symbol.for('@etag/outcome');

/** The mark of an outcome, by which even one of a second installed copy is known. */
interface Branded {
  readonly [OUTCOME]: true;
}

/** Nothing was written, and why. */
export type Refused = Branded & {
  /** The member of the expectation that failed; null or absent when none of them did. */
  readonly failed?: keyof Expectation | null;
} & (
    | /** Another version is current than the one expected. */ {
        readonly kind: 'stale';
        readonly current: CurrentVersion;
      }
    | /** Nothing was expected, and something is stored. */ {
        readonly kind: 'exists';
        readonly current: CurrentVersion;
      }
    | /** Nothing is stored, and something was expected or is needed. */ { readonly kind: 'missing' }
    | /** Other writers came first at every try; the same request may go through later. */ {
        readonly kind: 'contended';
      }
  );

/** What became of a put: the value as it is stored now, or a refusal. */
export type PutOutcome<T> =
  /** The value was stored where nothing was. */
  | (Branded & { readonly kind: 'created' } & Versioned<T>)
  /** The value replaced another. */
  | (Branded & { readonly kind: 'updated' } & Versioned<T>)
  | Refused;

/** What became of a replacement that tells an earlier try from a conflict. */
export type ReplaceOutcome<T> =
  | PutOutcome<T>
  /** The stored value is the wanted one already: an earlier try went through (RFC 9110 §13.1.1). */
  | (Branded & { readonly kind: 'already-applied' } & Versioned<T>);

/** What became of a delete. */
export type DeleteOutcome = (Branded & { readonly kind: 'deleted' }) | Refused;

/** What became of a conditional write. An outcome that nobody knows is not one of these: it is thrown as an error. */
export type Outcome<T> = ReplaceOutcome<T> | DeleteOutcome;

/** What outcomes inherit their mark from, so that it is not one of their own members. */
const BRANDED = /* @__PURE__ */ branded();

function branded() {
  return Object.freeze({ [OUTCOME]: true } as const);
}

type Unbranded<O> = O extends unknown ? Omit<O, typeof OUTCOME> : never;

/**
 * Makes an outcome. Stores of your own report by this: nothing else is taken for an outcome, whatever its members are.
 *
 * @param members - `kind` and what belongs to it
 * @returns the outcome
 * @example
 * outcome({ kind: 'created', value: note, version: '1' });
 */
export function outcome<const O extends Unbranded<Outcome<unknown>>>(members: O): O & Branded {
  return Object.assign(Object.create(BRANDED), members);
}

/**
 * Whether a value is the outcome of a conditional write, even one of a second installed copy.
 *
 * @param value - anything
 * @returns false for an object that merely has the members of one
 */
export function isOutcome(value: unknown): value is Outcome<unknown> {
  return typeof value === 'object' && value !== null && OUTCOME in value;
}

/**
 * The outcome of a write whose expectation does not hold: one classification for every store.
 *
 * @param expectation - what the write expected
 * @param current - what is stored; null when nothing is
 * @returns missing, exists, or stale with the current version; `failed` is the member that does not hold
 */
export function refused(expectation: Expectation, current: CurrentVersion | null): Refused {
  const failed = failedMember(expectation, current);
  if (!current) return outcome({ kind: 'missing', failed });
  const { version, modified } = current;
  return outcome({ kind: failed === 'absent' ? 'exists' : 'stale', current: { version, modified }, failed });
}
