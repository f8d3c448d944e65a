import {
  type CurrentVersion,
  checkExpectation,
  checkNames,
  type DeleteOutcome,
  type Expectation,
  isOutcome,
  type Outcome,
  type PutOutcome,
  type ResourceState,
  type Stored,
  stateOf,
  stored,
  type Versioned,
} from '@etag/core';
import { checkCurrent } from './current.ts';
import { checkKey, type Key } from './key.ts';

/** What every call to a store takes. */
export interface CallOptions {
  /** Aborts the call before its atomic step: it rejects with the signal's reason, and nothing was written. */
  signal?: AbortSignal | undefined;
}

/**
 * Where versioned values live. Two laws, which `testVersionedStore` checks:
 *
 * 1. Evaluating the expectation and writing are one atomic step: no other write comes between.
 * 2. A version never repeats for a key, not even after delete and re-create: an old tag must not fit a new resource.
 *
 * @see RFC 9110 §8.8.1, §13.2
 */
export interface VersionedStore<K, T, Tx = unknown> {
  /**
   * Reads the value with the version that names it. `respond` takes both, and null.
   *
   * @returns null when nothing is stored
   */
  get(key: K, options?: CallOptions): Promise<Stored<T> | null>;

  /**
   * Reads what preconditions are compared with, without the value.
   *
   * @returns null when nothing is stored
   */
  state(key: K, options?: CallOptions): Promise<ResourceState | null>;

  /**
   * Stores the value if the expectation holds.
   *
   * @returns created or updated with the value as it is stored; else the refusal, and nothing was written
   * @throws TypeError when it is not an expectation, and nothing was written
   * @throws OutcomeUnknownError when the write may or may not have happened
   */
  put(key: K, value: T, expectation: Expectation, options?: CallOptions): Promise<PutOutcome<T>>;

  /**
   * Deletes the value if the expectation holds.
   *
   * @returns deleted; else the refusal: `missing` whenever nothing was stored
   * @throws TypeError when it is not an expectation, and nothing was written
   * @throws OutcomeUnknownError when the delete may or may not have happened
   */
  delete(key: K, expectation: Expectation, options?: CallOptions): Promise<DeleteOutcome>;

  /**
   * Stores the value under a key that the engine makes, where it makes them: what a POST to a collection does.
   *
   * @returns created, with the key
   * @throws OutcomeUnknownError when the write may or may not have happened: sent again, it may happen twice
   */
  insert?(value: T, options?: CallOptions): Promise<InsertOutcome<T>>;

  /**
   * Whether two values are stored alike, where that is more than being alike as JSON: a column that is not set is null,
   * say, or a number was given as text.
   */
  areAlike?(value: T, other: T): Promise<boolean>;

  /**
   * Runs some work in one transaction, where the engine has them: what it writes through the store, and through the
   * transaction itself, is committed when it resolves, and rolled back when it throws. A refusal does not throw.
   *
   * @param work - gets the store within the transaction, and the driver's own transaction; runs again from the start
   *   after a conflict or a deadlock, so it has no effects outside of the transaction
   * @returns what the work returned
   * @throws OutcomeUnknownError when the commit may or may not have happened
   */
  transact?<R>(work: (store: VersionedStore<K, T>, transaction: Tx) => Promise<R>, options?: CallOptions): Promise<R>;
}

/** A store whose writes can be part of a transaction. */
export type TransactionalStore<K, T, Tx> = VersionedStore<K, T, Tx> &
  Required<Pick<VersionedStore<K, T, Tx>, 'transact'>>;

/** What became of a value that was given a key by the engine. */
export type InsertOutcome<T> = Extract<PutOutcome<T>, { readonly kind: 'created' }> & { readonly key: Key };

/** A store in a table, which can make keys of its own. */
export interface TableStore<T> extends VersionedStore<Key, T> {
  insert(value: T, options?: CallOptions): Promise<InsertOutcome<T>>;
}

/** A store in a table, whose writes can be part of a transaction. */
export interface TransactionalTableStore<T, Tx> extends TableStore<T> {
  transact<R>(work: (store: TableStore<T>, transaction: Tx) => Promise<R>, options?: CallOptions): Promise<R>;
}

/** What a store does with a call that has been checked. */
export interface StoreMethods<K, T> {
  /** Of how many texts a key is a list; null where it is one text. @default null */
  readonly keyParts?: number | null | undefined;
  /** Reads the value with its version; null when nothing is stored. */
  get(key: K, options?: CallOptions): Promise<Versioned<T> | null>;
  /** Reads the version alone; null when nothing is stored. */
  version(key: K, options?: CallOptions): Promise<CurrentVersion | null>;
  /** Evaluates the expectation and stores the value, in one atomic step. */
  put(key: K, value: T, expectation: Expectation, options?: CallOptions): Promise<PutOutcome<T>>;
  /** Evaluates the expectation and deletes the value, in one atomic step. */
  delete(key: K, expectation: Expectation, options?: CallOptions): Promise<DeleteOutcome>;
  /** Stores the value under a key that the engine makes. */
  insert?(value: T, options?: CallOptions): Promise<InsertOutcome<T>>;
  /** Whether two values are stored alike. */
  areAlike?(value: T, other: T): Promise<boolean>;
}

/**
 * Makes a store of its methods. Every store of this package is made by this, and so should be yours: what comes in and
 * what the engine gives is checked here, so that a slip of an application never becomes an unconditional write.
 *
 * @param methods - what the store does with a call that has been checked
 * @returns a store, whose calls reject with a TypeError for a key that is not one, for what is not an expectation, and
 *   for a version or a time of the engine that is not one; and with its reason when the signal is aborted
 */
export function versionedStore<K extends Key, T>(methods: StoreMethods<K, T>): VersionedStore<K, T, never> {
  const { keyParts = null, insert, areAlike } = methods;
  function check(key: K, options: CallOptions | undefined): void {
    checkKey(key, keyParts);
    checkCall(options);
  }
  return {
    ...(areAlike && { areAlike }),
    ...(insert && {
      async insert(value: T, options?: CallOptions) {
        checkCall(options);
        checkValue(value);
        return checkedOutcome(await insert(value, options));
      },
    }),
    async get(key, options) {
      check(key, options);
      const found = await methods.get(key, options);
      checkCurrent(found);
      return found && stored(found);
    },
    async state(key, options) {
      check(key, options);
      const current = await methods.version(key, options);
      checkCurrent(current);
      return stateOf(current);
    },
    async put(key, value, expectation, options) {
      check(key, options);
      checkExpectation(expectation);
      checkValue(value);
      return checkedOutcome(await methods.put(key, value, expectation, options));
    },
    async delete(key, expectation, options) {
      check(key, options);
      checkExpectation(expectation);
      return checkedOutcome(await methods.delete(key, expectation, options));
    },
  };
}

/** Those of `replace` and `update` reach the store as well. */
const CALL_NAMES = ['signal', 'alreadyApplied', 'merge', 'attempts'];

/**
 * @throws TypeError for an option that no call has
 * @throws the reason of a signal that is aborted
 */
function checkCall(options: CallOptions | undefined): void {
  if (options === undefined) return;
  checkNames(options, CALL_NAMES);
  options.signal?.throwIfAborted();
}

/** @throws TypeError for undefined: a change that forgets to return would empty what is stored */
function checkValue(value: unknown): void {
  if (value === undefined) throw new TypeError('Not a value: undefined');
}

/** @throws TypeError for anything but an outcome, and for one whose version or time is not one */
function checkedOutcome<O extends Outcome<unknown>>(result: O): O {
  if (!isOutcome(result)) throw new TypeError('A store reports a write by what outcome({ kind, ... }) makes');
  if ('version' in result) checkCurrent(result);
  if ('current' in result) checkCurrent(result.current);
  return result;
}
