import type { Publish } from './event.ts';
import type { Awaitable, Release, ResponseStore, StoredResponse } from './port.ts';
import { isStoredResponse, vouchFor } from './stored-shape.ts';

/** How long a request waits for its store, in ms, all operations together; and how long one that failed is left alone. */
const PATIENCE_MS = 1000;
/** From how long on an operation counts as one that fails, in ms. */
const SLOW_MS = 250;

type Operation = keyof ResponseStore | 'unlock';

/**
 * A store as requests see it, each of which opens it for itself: it never rejects and never hangs. What cannot be read is not
 * stored, what cannot be written is forgotten.
 *
 * @returns what opens it
 */
export function storeOpener(store: ResponseStore, publish: Publish): () => OpenStore {
  const breakers: Breakers = {};
  return () => new OpenStore(store, breakers, publish);
}

/** When an operation is tried again: each for itself, so that a disk that is full does not stop reads. */
type Breakers = { [operation in Operation]?: number };

/** A store for as long as one request takes. */
export class OpenStore {
  readonly #store: ResponseStore;
  readonly #breakers: Breakers;
  readonly #publish: Publish;
  #left = PATIENCE_MS;

  constructor(store: ResponseStore, breakers: Breakers, publish: Publish) {
    this.#store = store;
    this.#breakers = breakers;
    this.#publish = publish;
  }

  /** The responses stored under a key. Where one of them has another shape there are none, and they are deleted. */
  list(key: string): Awaitable<readonly StoredResponse[]> {
    const checked = (rows: unknown) => {
      if (Array.isArray(rows) && rows.every(isStoredResponse)) return rows;
      this.#forget(key);
      return [];
    };
    return this.#attempt(
      'list',
      () => this.#store.list(key),
      [],
      checked,
      () => this.#forget(key),
    );
  }

  /** The content of a stored response; null where there is none that can be used. */
  payload(key: string, id: string): Awaitable<Uint8Array | null> {
    const checked = (payload: unknown) => {
      if (payload instanceof Uint8Array) return payload;
      if (payload !== null) this.#forget(key);
      return null;
    };
    return this.#attempt('payload', () => this.#store.payload(key, id), null, checked);
  }

  put(key: string, response: StoredResponse, payload: Uint8Array, replaces: readonly string[]): Awaitable<unknown> {
    vouchFor(response);
    return this.#attempt('put', () => this.#store.put(key, response, payload, replaces), undefined);
  }

  freshen(key: string, response: StoredResponse): Awaitable<unknown> {
    return this.#attempt('freshen', () => this.#store.freshen(key, response), undefined);
  }

  /** Deletes, as the one operation that is tried each time: what was not invalidated would be taken for current. */
  delete(key: string): Awaitable<unknown> {
    return this.#attempt('delete', () => this.#store.delete(key), undefined);
  }

  async lock(key: string, ms: number): Promise<Release | null> {
    const unlocked: Release = () => {};
    const release = await this.#attempt(
      'lock',
      () => (this.#store.lock ? this.#store.lock(key, ms) : unlocked),
      unlocked,
    );
    return release && (async () => void (await this.#attempt('unlock', release, undefined)));
  }

  /** Deletes, and nobody waits for it. */
  #forget(key: string): void {
    Promise.resolve(this.delete(key)).catch(() => {});
  }

  /**
   * @param otherwise - what it comes to when it fails
   * @param checked - what to make of what the store gave
   * @param unreadable - called when the store could be reached, and its entry not be read
   */
  #attempt<R>(
    operation: Operation,
    run: () => Awaitable<R>,
    otherwise: R,
    checked: (result: R) => R = (result) => result,
    unreadable = () => {},
  ): Awaitable<R> {
    const until = this.#breakers[operation];
    const isLeftAlone = until !== undefined && until > performance.now() && operation !== 'delete';
    if (isLeftAlone || this.#left <= 0) return otherwise;
    const failed = (error: unknown) => {
      this.#publish({ type: 'store-failed', operation, error });
      if (isOfEntry(error)) unreadable();
      else this.#leaveAlone(operation);
      return otherwise;
    };
    try {
      const result = run();
      // A promise of whatever library.
      const isPromise = typeof (result as Partial<PromiseLike<R>> | null)?.then === 'function';
      return isPromise
        ? this.#inTime(operation, result as PromiseLike<R>)
            .then(checked)
            .catch(failed)
        : checked(result as R);
    } catch (error) {
      return failed(error);
    }
  }

  #leaveAlone(operation: Operation): void {
    this.#breakers[operation] = performance.now() + PATIENCE_MS;
  }

  async #inTime<R>(operation: Operation, promise: PromiseLike<R>): Promise<R> {
    const start = performance.now();
    const patience = this.#left;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error('The store is too slow')), patience);
    });
    try {
      return await Promise.race([promise, late]);
    } finally {
      clearTimeout(timer);
      const took = performance.now() - start;
      this.#left -= took;
      if (took > SLOW_MS) this.#leaveAlone(operation);
    }
  }
}

/** Whether an error says that one entry cannot be read, rather than that the store cannot be reached. */
function isOfEntry(error: unknown): boolean {
  return error instanceof SyntaxError || error instanceof TypeError || error instanceof RangeError;
}
