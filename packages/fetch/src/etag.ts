import { checkOptions, type EntityTag, findReadState, isOff, isRead, READ_NAMES, setOff, takeOwnTag } from '@etag/core';
import { answerCurrent, type Current, withValidators } from './current.ts';
import { type ContentOptions, finish, mutable } from './finish.ts';
import { type Handler, refusal } from './refusal.ts';

/** How responses are tagged. */
export interface EtagOptions<R extends Request = Request, Args extends unknown[] = []> extends ContentOptions {
  /**
   * Finds the validators before the handler runs; when the client has that state already, the handler is not called.
   * Leave it out to tag the content that the handler returns.
   */
  current?: Current<R, Args> | undefined;
}

/**
 * Wraps a handler: its responses to GET, HEAD and QUERY get a tag, a client that has the content gets a 304, and an error
 * of these packages becomes its 412 or 428.
 *
 * @param handler - takes a request, and whatever the platform passes after it
 * @param options - `current`, `weak`, `digest`, `limit`, `timeout` and `onDecision`; false to leave the responses of the handler
 *   out: an `etag()` further out neither tags them nor answers 304
 * @returns a handler that takes the same
 * @throws TypeError when it is not given functions, `timeout` is not a time, or there is no such option
 * @see RFC 9110 §8.8.3, §13.2, §15.4.5
 * @example
 * export default { fetch: etag((request) => Response.json(notes)) };
 */
export function etag<R extends Request = Request, Args extends unknown[] = []>(
  handler: Handler<R, Args>,
  options: EtagOptions<R, Args> | false = {},
): (request: R, ...args: Args) => Promise<Response> {
  if (typeof handler !== 'function') throw new TypeError('etag() needs a handler');
  if (options !== false) checkOptions(options, [...READ_NAMES, 'limit']);
  return async (request, ...args) => {
    setOff(request, !options);
    let response: Response | undefined;
    try {
      // Only a read can be spared; precondition() guards a write.
      if (!options || !isRead(request.method)) return await handler(request, ...args);
      const { current, onDecision } = options;
      const early = { onDecision, handlerRan: false };
      const state = current ? await findReadState(request, () => current(request, ...args), options, early) : null;
      const cached = answerCurrent(request, state, early);
      if (cached) return cached;
      if (state?.etag) versioned.add(request);
      const made = await handler(request, ...args);
      if (isOff(request)) return made;
      // The version that an etag() further out has found is the tag.
      if (!current && versioned.has(request) && !made.headers.has('etag')) return made;
      response = mutable(made);
      if (current) stateful.add(request);
      const known = { plainTag: plainTagOf(request, response), hasState: stateful.has(request) };
      const finished = current
        ? withValidators(request, response, state, known, options)
        : await finish(request, response, options, known);
      remember(request, finished);
      return finished;
    } catch (error) {
      return refusal(error, response?.headers);
    }
  };
}

/** The requests for which an `etag()` found a tag before it called its handler: an inner one makes none of the content. */
const versioned = new WeakSet<Request>();

/** The requests whose validators an `etag()` looked up: an outer one makes no tag of the content in their place. */
const stateful = new WeakSet<Request>();

/** The tags of responses that an inner `etag()` has finished: a compressor between it and an outer one would hide them. */
const innerTags = new WeakMap<Request, EntityTag | null>();

function remember(request: Request, { headers }: Response): void {
  if (headers.get('content-encoding') === null) innerTags.set(request, takeOwnTag(headers));
}

/** The tag that a response had until it was coded; undefined where it is not coded, or no inner `etag()` has finished it. */
function plainTagOf(request: Request, { headers }: Response): EntityTag | null | undefined {
  return headers.get('content-encoding') === null ? undefined : innerTags.get(request);
}
