import { OutcomeUnknownError } from '@etag/core';
import { remember } from './answer-of.ts';
import { askOnce, type Context } from './context.ts';
import { withStoredTag } from './if-match.ts';
import { keyOf, sectionOf } from './key.ts';
import { isSafe } from './method.ts';
import { withoutCredentials } from './partition.ts';
import type { ResponseStore } from './port.ts';
import { resolve } from './reference.ts';
import type { ClientRequest } from './request.ts';
import { received } from './respond.ts';
import { isUnsent } from './unsent.ts';

/**
 * Passes a request on that is not answered from the store. An unsafe one that went through, or may have, invalidates what is
 * stored.
 *
 * @throws OutcomeUnknownError when an unsafe request was sent and no answer came; its cause is what fetch threw
 * @see RFC 9111 §4, §4.4
 */
export async function passThrough(context: Context, request: ClientRequest): Promise<Response> {
  const guarded = request.options.ifMatch ? await withStoredTag(context, request) : request;
  const response = received(
    request,
    isSafe(request.method) ? await askOnce(context, guarded) : await sendUnsafe(context, guarded),
  );
  remember(response, { how: 'full', requests: 1, savedBytes: 0, movedTo: null });
  return response;
}

async function sendUnsafe(context: Context, request: ClientRequest): Promise<Response> {
  let response: Response;
  try {
    response = await askOnce(context, request);
  } catch (error) {
    if (isUnsent(error)) throw error;
    // What cannot be known to be current is not taken for it.
    await invalidate(context, request);
    throw new OutcomeUnknownError({ cause: error });
  }
  // A 4xx says that nothing was done; a 5xx may come after it was.
  if (response.status < 400 || response.status > 499) await invalidate(context, request, response.headers);
  return response;
}

/**
 * Forgets what is stored for the URL of a request, and for those that its response names.
 *
 * @see RFC 9111 §4.4
 */
export async function invalidate(context: Context, request: ClientRequest, headers = new Headers()): Promise<void> {
  const store = context.openStore();
  for (const url of changed(request.url, headers)) {
    const key = keyOf(request.partition, url);
    context.invalidations.add(key);
    await store.delete(key);
  }
}

/** Forgets all that is stored under an identity: of the store itself, since it must not go on when that fails. */
export async function clear({ invalidations }: Context, store: ResponseStore, partition: string): Promise<void> {
  if (!store.clear) throw new TypeError('The store has no clear()');
  for (const one of [partition, withoutCredentials(partition)]) {
    invalidations.add(sectionOf(one));
    await store.clear(sectionOf(one));
  }
}

/** The URLs that an unsafe request may have changed; of its own origin alone. */
function changed(target: URL, headers: Headers): URL[] {
  const named = [headers.get('location'), headers.get('content-location')]
    .filter((reference) => reference !== null)
    .map((reference) => resolve(reference, target));
  return [target, ...named.filter((url): url is URL => url?.origin === target.origin)];
}
