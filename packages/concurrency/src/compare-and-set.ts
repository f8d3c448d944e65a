import {
  type CurrentVersion,
  canonicalJson,
  type DeleteOutcome,
  type Expectation,
  OutcomeUnknownError,
  outcome,
  type PutOutcome,
  type Refused,
  type Versioned,
} from '@etag/core';
import { unlessAborted } from './abort.ts';
import { backoff } from './backoff.ts';
import { refusalOf } from './current.ts';
import { WriteBlockedError } from './errors.ts';
import type { Key } from './key.ts';
import { checkNewVersion } from './new-version.ts';
import { type StepCall, stepCall } from './step-call.ts';
import { type CallOptions, type StoreMethods, type VersionedStore, versionedStore } from './store.ts';

/**
 * What an error says of the write that it ended:
 *
 * - `failed`: nothing was written, and the same write would fail again;
 * - `conflict`: nothing was written, because of a lock, a deadlock or another transaction; the same write may go through;
 * - `unknown`: it may or may not have been written; the connection broke after it was sent, say.
 */
export type WriteFailure = 'failed' | 'conflict' | 'unknown';

/** What a write that was refused found in the same moment, where the engine can tell: it spares a look. */
export interface Seen {
  /** Null where nothing is stored. */
  readonly seen: CurrentVersion | null;
}

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
  create(key: K, value: T, call?: StepCall): Promise<Versioned<T> | Seen | null>;
  /** Replaces the value of this version, or of any when it is null; null where there is no such value. */
  replace(key: K, value: T, version: string | null, call?: StepCall): Promise<Versioned<T> | Seen | null>;
  /** Deletes the value of this version, or of any when it is null; false where there is no such value. */
  remove(key: K, version: string | null, call?: StepCall): Promise<boolean | Seen>;
  /**
   * What an error says of the write that rejected with it. An error that is not the driver's, such as one for an aborted
   * signal, says nothing: `unknown`.
   */
  failure(error: unknown): WriteFailure;
  /**
   * Whether the steps are part of a transaction of the caller's. Its end decides on them: after an error nothing is tried
   * again, and the error is the engine's. @default never
   */
  isInTransaction?(): boolean;
  /** Stores the value under a key that the engine makes. */
  insert?(value: T, call?: StepCall): Promise<Versioned<T> & { readonly key: Key }>;
  /** Whether two values are stored alike. @default alike as JSON */
  areAlike?(value: T, other: T): boolean;
  /** Of how many texts a key is a list; null where it is one text. @default null */
  readonly keyParts?: number | null | undefined;
}

/** What a write finds when its expectation holds: nothing, one version, or any (null). */
type Condition = { readonly absent: true } | { readonly absent: false; readonly version: string | null };

const NOTHING: Condition = { absent: true };
const ANYTHING: Condition = { absent: false, version: null };

/** How often a write is tried while others come first. */
const ATTEMPTS = 10;

/** How long a write goes on trying after the first conflict, in ms: an engine may wait long for a lock before it says so. */
const PATIENCE_MS = 5000;

/** How often somebody may create and delete a value between two looks that find nothing. */
const NOTHINGS = 2;

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
  const { keyParts = null } = engine;
  const open = async () => engine;
  const { insert, areAlike, ...store } = openedStore(open, keyParts);
  return { ...store, ...(engine.insert && { insert }), ...(engine.areAlike && { areAlike }) };
}

/** A store, with all that an engine may have. */
type OpenedStore<K, T> = VersionedStore<K, T, never> & Required<Pick<VersionedStore<K, T>, 'insert' | 'areAlike'>>;

/**
 * A store on an engine that each call opens: the first one may have to ask for something, such as what the catalog of a
 * database says of a table.
 *
 * @param open - gives the engine, the same one every time; or throws, and nothing was written
 * @param keyParts - of how many texts a key is a list; null where it is one text
 * @returns a store; `insert` and `areAlike` are those of the engine
 */
export function openedStore<K extends Key, T>(
  open: () => Promise<CompareAndSet<K, T>>,
  keyParts: number | null,
): OpenedStore<K, T> {
  const opened = (options: CallOptions | undefined) => unlessAborted(open(), options?.signal);

  async function read<R>(
    step: (engine: CompareAndSet<K, T>) => Promise<R>,
    options: CallOptions | undefined,
  ): Promise<R> {
    return await unlessAborted(step(await opened(options)), options?.signal);
  }

  const methods: StoreMethods<K, T> = {
    keyParts,
    get: (key, options) => read((engine) => engine.get(key), options),
    version: (key, options) => read((engine) => engine.version(key), options),
    async put(key, value, expectation, options) {
      const engine = await opened(options);
      return write<K, Versioned<T>, PutOutcome<T>>(engine, key, expectation, options, conditionOf(expectation), {
        step: (condition, call) =>
          condition.absent ? engine.create(key, value, call) : engine.replace(key, value, condition.version, call),
        told(stored, condition) {
          if (condition.absent) return outcome({ kind: 'created', ...stored });
          // The writes of one transaction may share a version: nobody else sees it before its end.
          if (!engine.isInTransaction?.()) checkNewVersion(condition.version, stored.version);
          return outcome({ kind: 'updated', ...stored });
        },
      });
    },
    async delete(key, expectation, options) {
      const engine = await opened(options);
      // Where nothing may be stored there is nothing to delete, which takes a look.
      const assumed = expectation.absent ? null : conditionOf(expectation);
      return write<K, true, DeleteOutcome>(engine, key, expectation, options, assumed, {
        step: (condition, call): Promise<boolean | Seen> =>
          condition.absent ? Promise.resolve(true) : engine.remove(key, condition.version, call),
        told: (_, { absent }) => outcome({ kind: absent ? 'missing' : 'deleted' }),
      });
    },
    async insert(value, options) {
      const engine = await opened(options);
      if (!engine.insert) throw new TypeError('This engine makes no keys: put the value under a key of yours');
      const call = stepCall(options?.signal);
      const inserted = await attempt(engine, engine.insert(value, call), call);
      if (inserted === CONFLICT || !inserted) throw new WriteBlockedError();
      return outcome({ kind: 'created', ...inserted });
    },
    async areAlike(value, other) {
      const { areAlike } = await open();
      return areAlike ? areAlike(value, other) : canonicalJson(value) === canonicalJson(other);
    },
  };
  return versionedStore(methods) as OpenedStore<K, T>;
}

/** What a step comes to when nothing was written since others were in the way. */
const CONFLICT = Symbol('conflict');

/** Runs a step: null or false when it was refused, since what it expects is not there. */
async function attempt<S>(
  engine: Pick<CompareAndSet<Key, unknown>, 'failure' | 'isInTransaction'>,
  step: Promise<S>,
  call: StepCall | undefined,
): Promise<S | typeof CONFLICT> {
  try {
    return await unlessAborted(step, call?.signal);
  } catch (error) {
    if (error instanceof OutcomeUnknownError) throw error;
    // A reason may be any error, one of the driver's even, and says nothing of the write.
    const isAborted = call?.signal.aborted && error === call.signal.reason;
    if (isAborted && call.isWaiting) throw error;
    const failure = engine.isInTransaction?.() ? 'failed' : engine.failure(isAborted ? new Error('Aborted') : error);
    if (failure === 'conflict') return CONFLICT;
    throw failure === 'unknown' ? new OutcomeUnknownError({ cause: error }) : error;
  }
}

/** A write. */
interface Attempted<S extends object | true, R> {
  /** Tries it under a condition: null, false or what is there instead when that does not hold. */
  step(condition: Condition, call: StepCall | undefined): Promise<S | Seen | null | false>;
  /** What has become of it. @param written - what the step gave */
  told(written: S, condition: Condition): R;
}

/**
 * Writes under the condition that the expectation comes to, until that is decided.
 *
 * @param assumed - the condition where it does not take a look at what is stored; else null
 * @throws WriteBlockedError when the step is refused although its condition holds before and after it
 */
async function write<K extends Key, S extends object | true, R>(
  engine: CompareAndSet<K, unknown>,
  key: K,
  expectation: Expectation,
  options: CallOptions | undefined,
  assumed: Condition | null,
  { step, told }: Attempted<S, R>,
): Promise<R | Refused> {
  let condition = assumed;
  /** The version that the condition rests on; null for none, undefined where nobody looked. */
  let seen: string | null | undefined = assumed?.absent === false ? (assumed.version ?? undefined) : undefined;
  /** How often in a row a creation was refused, and nothing was found after it. */
  let nothings = 0;
  const started = performance.now();
  for (let writes = 0; ; ) {
    let isRefused = false;
    /** What the step saw when it was refused; undefined where that takes a look. */
    let current: CurrentVersion | null | undefined;
    if (condition) {
      options?.signal?.throwIfAborted();
      const call = stepCall(options?.signal);
      const written = await attempt(engine, step(condition, call), call);
      if (written !== CONFLICT && written) {
        if (!isSeen(written)) return told(written, condition);
        current = written.seen;
      }
      isRefused = written !== CONFLICT;
      const isLate = !isRefused && performance.now() - started > PATIENCE_MS;
      if (++writes === ATTEMPTS || isLate) return outcome({ kind: 'contended' });
      // Mostly it was another version, and the next look will say so.
      if (writes > 1) await backoff(writes);
    }
    options?.signal?.throwIfAborted();
    current ??= current === null ? null : await unlessAborted(engine.version(key), options?.signal);
    const refusal = refusalOf(expectation, current);
    if (refusal) return refusal;
    nothings = isRefused && !current ? nothings + 1 : 0;
    // Since no version repeats, nobody came between: it is not the version that keeps the write from the row.
    const isUnchanged = current ? current.version === seen : nothings > NOTHINGS;
    if (isRefused && isUnchanged) throw new WriteBlockedError();
    seen = current?.version ?? null;
    condition = current ? conditionOn(expectation, current) : NOTHING;
  }
}

function isSeen(written: object | true): written is Seen {
  return typeof written === 'object' && 'seen' in written;
}

/** The condition of a write whose expectation holds for the current version. */
function conditionOn(expectation: Expectation, { version }: CurrentVersion): Condition {
  return namesNoState(expectation) ? ANYTHING : { absent: false, version };
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
