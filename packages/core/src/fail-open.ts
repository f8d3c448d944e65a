import type { ContentTagOptions } from './content-tag.ts';
import { type Circumstances, type ObserveOptions, reportFault } from './decision-event.ts';
import { sha256 } from './digest.ts';
import { type EntityTag, entityTag, quoted } from './entity-tag.ts';
import { isEtagError } from './errors.ts';
import type { TimeoutOptions } from './options.ts';
import type { RequestHead } from './request-head.ts';
import { checkState, lastModifiedTime, type ResourceState } from './resource-state.ts';
import { isThenable } from './thenable.ts';

/** How the responses to reads are tagged. */
export interface ReadOptions extends ContentTagOptions, TimeoutOptions, ObserveOptions {}

/** What finds validators may return. */
export type Found = ResourceState | null | undefined;

// A longer delay is one of 1 ms to the timers of Node and of browsers.
const LONGEST_DELAY = 2 ** 31 - 1;

/**
 * Waits for a part of the application, for a time.
 *
 * @throws Error when it takes longer
 */
function within<T>(result: PromiseLike<T>, what: string, { timeout = 1000 }: TimeoutOptions): Promise<T> {
  if (timeout > LONGEST_DELAY) return Promise.resolve(result);
  return new Promise((resolve, reject) => {
    const late = () => reject(new Error(`${what} did not answer within ${timeout} ms`));
    const timer = setTimeout(late, timeout);
    Promise.resolve(result)
      .then(resolve, reject)
      .finally(() => clearTimeout(timer));
  });
}

/**
 * Finds the validators for a write. It fails closed: without them, the handler must not run.
 *
 * @param find - finds them; null or undefined when there is no current representation
 * @param options - `timeout`
 * @returns the validators; null when there is no current representation
 * @throws whatever `find` throws; an Error when it does not answer in time
 */
export async function findState(
  find: () => Found | PromiseLike<Found>,
  options: TimeoutOptions,
): Promise<ResourceState | null> {
  try {
    const found = find();
    return (isThenable(found) ? await within(found, 'current', options) : found) ?? null;
  } catch (error) {
    // To an error that is nothing, frameworks give no answer.
    throw error ?? new Error('current failed without a reason');
  }
}

/**
 * Finds the validators for a read. It fails open: where they cannot be found, the handler runs and its response has no tag.
 *
 * @param request - the method and the header fields
 * @param find - finds them; null or undefined when there is no current representation
 * @param options - `timeout`
 * @param circumstances - who is told of a fault
 * @returns the validators, or null when there is no current representation or finding it failed; a promise of that when
 *   `find` returns a promise
 * @throws an error of these packages that `find` throws: it is an answer
 */
export function findReadState(
  request: RequestHead,
  find: () => Found | PromiseLike<Found>,
  options: TimeoutOptions,
  circumstances: Circumstances,
): ResourceState | null | Promise<ResourceState | null> {
  return failOpen(request, 'current', find, copied, options, circumstances);
}

/** A copy: the application may change its object while the handler runs, and the content is older then. */
function copied(found: Found): ResourceState | null {
  const state = found ?? null;
  checkState(state);
  return state && { etag: state.etag, lastModified: state.lastModified && lastModifiedTime(state) };
}

/**
 * The tag of the content of a response. It fails open: where a digest fails, or does not answer in time, there is none.
 *
 * @param request - the method and the header fields
 * @param content - the bytes, or text to be sent as UTF-8
 * @param options - `weak`, `digest`, `timeout`
 * @param circumstances - who is told of a fault
 * @returns the tag, null where the digest failed; a promise where the digest gives one
 * @throws TypeError when a digest of your own returns what an entity tag cannot carry
 */
export function tagContent(
  request: RequestHead,
  content: string | Uint8Array,
  options: ReadOptions,
  circumstances: Circumstances,
): EntityTag | null | Promise<EntityTag | null> {
  const { digest } = options;
  const toTag = (name: string) => (digest ? entityTag : quoted)(name, options);
  return failOpen(request, 'The digest', () => (digest ?? sha256)(content), toTag, options, circumstances);
}

/** Asks a part of the application. Where it fails, or does not answer in time, that is told, and there is nothing. */
function failOpen<Given, Made>(
  request: RequestHead,
  what: string,
  ask: () => Given | PromiseLike<Given>,
  make: (given: Given) => Made,
  options: TimeoutOptions,
  circumstances: Circumstances,
): Made | null | Promise<Made | null> {
  let given: Given | PromiseLike<Given>;
  try {
    given = ask();
  } catch (error) {
    return failed(request, circumstances, error);
  }
  // To wait for what is there would cost a turn.
  if (!isThenable(given)) return make(given);
  return within(given, what, options).then(make, (error) => failed(request, circumstances, error));
}

/** A fault is told, and there is nothing; an error of these packages is an answer. */
function failed(request: RequestHead, circumstances: Circumstances, error: unknown): null {
  if (isEtagError(error)) throw error;
  reportFault(request, circumstances, error);
  return null;
}
