import type { Publish } from './event.ts';
import type { Awaitable, Release, ResponseStore } from './port.ts';

/** How long a store may take, in ms, before a read goes on without it; and how long it is then left alone. */
const PATIENCE_MS = 1000;

/**
 * A store that never rejects and never hangs: what it cannot read is not stored, what it cannot write is forgotten. Once it
 * failed, nobody asks it for a while, so that a store which is gone does not slow every read down.
 */
export function failOpen(store: ResponseStore, publish: Publish): Required<ResponseStore> {
  let resumes = 0;

  function attempt<R>(operation: string, run: () => Awaitable<R>, otherwise: R): Awaitable<R> {
    // What was not invalidated would be taken for fresh when the store is back: that is always tried.
    if (resumes > 0 && performance.now() < resumes && operation !== 'delete') return otherwise;
    const failed = (error: unknown) => {
      resumes = performance.now() + PATIENCE_MS;
      publish({ type: 'store-failed', operation, error });
      return otherwise;
    };
    try {
      const result = run();
      return result instanceof Promise ? inTime(result).catch(failed) : result;
    } catch (error) {
      return failed(error);
    }
  }

  const unlocked: Release = () => {};
  return {
    list: (key) => attempt('list', () => store.list(key), []),
    payload: (key, id) => attempt('payload', () => store.payload(key, id), null),
    put: (...args) => attempt('put', () => store.put(...args), undefined),
    freshen: (...args) => attempt('freshen', () => store.freshen(...args), undefined),
    delete: (key) => attempt('delete', () => store.delete(key), undefined),
    async lock(key, ms) {
      const release = await attempt('lock', () => (store.lock ? store.lock(key, ms) : unlocked), unlocked);
      return release && (() => attempt('unlock', release, undefined));
    },
  };
}

async function inTime<R>(promise: Promise<R>): Promise<R> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`The store took longer than ${PATIENCE_MS} ms`)), PATIENCE_MS);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
