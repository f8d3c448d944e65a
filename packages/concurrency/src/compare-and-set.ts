import {
  type CurrentVersion,
  type DeleteOutcome,
  type Expectation,
  outcome,
  type PutOutcome,
  type Refused,
  type Versioned,
} from '@etag/core';
import { unlessAborted } from './abort.ts';
import { backoff } from './backoff.ts';
import { refusalOf } from './current.ts';
import { OutcomeUnknownError } from './errors.ts';
import type { Key } from './key.ts';
import { type CallOptions, type VersionedStore, versionedStore } from './store.ts';

/**
 * What an error says of the write that it ended:
 *
 * - `failed`: nothing was written, and the same write would fail again;
 * - `conflict`: nothing was written, because of a lock, a deadlock or another transaction; the same write may go through;
 * - `unknown`: it may or may not have been written; the connection broke after it was sent, say.
 */
export type WriteFailure = 'failed' | 'conflict' | 'unknown';

/**
 * What an engine has to offer: two reads, and three writes of which each is one atomic step. A write that throws at once,
 * instead of rejecting later, was not sent.
 */
export interface CompareAndSet<K, T> {
  /** Reads the value with its version; null when nothing is stored. */
  get(key: K): Promise<Versioned<T> | null>;
  /** Reads the version alone; null when nothing is stored. */
  version(key: K): Promise<CurrentVersion | null>;
  /** Stores the value where nothing is stored; null where something is. */
  create(key: K, value: T): Promise<Versioned<T> | null>;
  /** Replaces the value of this version, or of any when it is null; null where there is no such value. */
  replace(key: K, value: T, version: string | null): Promise<Versioned<T> | null>;
  /** Deletes the value of this version, or of any when it is null; false where there is no such value. */
  remove(key: K, version: string | null): Promise<boolean>;
  /**
   * What an error says of the write that rejected with it. An error that is not the driver's, such as one for an aborted
   * signal, says nothing: `unknown`.
   */
  failure(error: unknown): WriteFailure;
}

/** What a write finds when its expectation holds: nothing, one version, or any (null). */
type Condition = { readonly absent: true } | { readonly absent: false; readonly version: string | null };

const NOTHING: Condition = { absent: true };
const ANYTHING: Condition = { absent: false, version: null };

/** How often a write is tried while others come first. */
const ATTEMPTS = 10;

/**
 * A store on an engine that can compare and set. An expectation that names one state is the condition of the write
 * itself. Any other is evaluated for the version that was read, and the write has the condition that this version still
 * is the current one: since no version repeats, that is one atomic step as well.
 *
 * @param engine - the five steps, in the words of a driver, a query builder or an ORM
 * @returns a store, on which a write that lost to others at every try is `contended`
 * @see RFC 9110 §13.2
 */
export function compareAndSetStore<K extends Key, T>(engine: CompareAndSet<K, T>): VersionedStore<K, T, never> {
  async function read<R>(reading: Promise<R>, options: CallOptions | undefined): Promise<R> {
    return await unlessAborted(reading, options?.signal);
  }

  /** The condition of a write whose expectation holds for what is stored now. */
  async function evaluate(key: K, expectation: Expectation, options?: CallOptions): Promise<Condition | Refused> {
    const current = await read(engine.version(key), options);
    const refusal = refusalOf(expectation, current);
    if (refusal) return refusal;
    if (!current) return NOTHING;
    return namesNoState(expectation) ? ANYTHING : { absent: false, version: current.version };
  }

  /** Runs a step; null when nothing was written and another try may. */
  async function attempt<R>(step: Promise<R | null>, options: CallOptions | undefined): Promise<R | null> {
    try {
      return await unlessAborted(step, options?.signal);
    } catch (error) {
      // A reason may be any error, one of the driver's even, and says nothing of the write.
      const aborted = options?.signal?.aborted && error === options.signal.reason;
      const failure = engine.failure(aborted ? new Error('Aborted') : error);
      if (failure === 'conflict') return null;
      throw failure === 'unknown' ? new OutcomeUnknownError({ cause: error }) : error;
    }
  }

  async function write<R>(
    key: K,
    expectation: Expectation,
    options: CallOptions | undefined,
    assumed: Condition | null,
    step: (condition: Condition) => Promise<R | null>,
  ): Promise<R | Refused> {
    let condition = assumed ?? (await evaluate(key, expectation, options));
    for (let tries = 1; !('kind' in condition); tries++) {
      options?.signal?.throwIfAborted();
      const written = await attempt(step(condition), options);
      if (written) return written;
      if (tries === ATTEMPTS) return outcome({ kind: 'contended' });
      // Mostly it was another version, and the next look will say so.
      if (tries > 1) await backoff(tries);
      options?.signal?.throwIfAborted();
      condition = await evaluate(key, expectation, options);
    }
    return condition;
  }

  return versionedStore<K, T>({
    get: (key, options) => read(engine.get(key), options),
    version: (key, options) => read(engine.version(key), options),
    put(key, value, expectation, options) {
      return write<PutOutcome<T>>(key, expectation, options, conditionOf(expectation), (condition) =>
        condition.absent
          ? as('created', engine.create(key, value))
          : as('updated', engine.replace(key, value, condition.version)),
      );
    },
    delete(key, expectation, options) {
      // Where nothing may be stored there is nothing to delete, which takes a look.
      const assumed = expectation.absent ? null : conditionOf(expectation);
      return write<DeleteOutcome>(key, expectation, options, assumed, (condition) =>
        condition.absent ? missing() : deleted(engine.remove(key, condition.version)),
      );
    },
  });
}

/** The condition that an expectation amounts to without a look at what is stored; null when it takes one. */
function conditionOf(expectation: Expectation): Condition | null {
  const { absent, oneOf, noneOf, unmodifiedSince } = expectation;
  if (namesNoState(expectation)) return absent ? (expectation.exists ? null : NOTHING) : ANYTHING;
  const [version] = oneOf ?? [];
  const nothingElse = !absent && !noneOf && unmodifiedSince === undefined;
  return version !== undefined && oneOf?.length === 1 && nothingElse ? { absent: false, version } : null;
}

/** Whether an expectation holds for every version, or for none, alike. */
function namesNoState({ oneOf, noneOf, unmodifiedSince }: Expectation): boolean {
  return !oneOf && !noneOf && unmodifiedSince === undefined;
}

async function missing(): Promise<DeleteOutcome> {
  return outcome({ kind: 'missing' });
}

async function deleted(removed: Promise<boolean>): Promise<DeleteOutcome | null> {
  return (await removed) ? outcome({ kind: 'deleted' }) : null;
}

async function as<T>(kind: 'created' | 'updated', stored: Promise<Versioned<T> | null>): Promise<PutOutcome<T> | null> {
  const versioned = await stored;
  return versioned && outcome({ kind, ...versioned });
}
