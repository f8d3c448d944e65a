import { askOnce, type Context } from './context.ts';
import { withStoredTag } from './if-match.ts';
import { isSafe } from './method.ts';
import { keyOf, partitionOf } from './partition.ts';
import type { ClientRequest } from './request.ts';

/**
 * Passes a request on that is not answered from the store. An unsafe one that went through invalidates what is stored.
 *
 * @see RFC 9111 §4, §4.4
 */
export async function passThrough(context: Context, request: ClientRequest): Promise<Response> {
  const guarded = request.options.ifMatch ? await withStoredTag(context, request) : request;
  const response = await askOnce(context, guarded);
  if (!isSafe(request.method) && response.status >= 200 && response.status < 400) {
    await invalidate(context, request, response);
  }
  return response;
}

async function invalidate(context: Context, request: ClientRequest, response: Response): Promise<void> {
  const partition = await partitionOf(request, context.partition, context.fingerprint);
  for (const url of changed(request.url, response.headers)) {
    const key = keyOf(partition, url);
    context.invalidations.add(key);
    await context.store.delete(key);
  }
}

/** The URLs that an unsafe request may have changed; of its own origin alone. */
function changed(target: URL, headers: Headers): URL[] {
  const named = [headers.get('location'), headers.get('content-location')]
    .filter((reference) => reference !== null)
    .map((reference) => parse(reference, target));
  return [target, ...named.filter((url) => url?.origin === target.origin).filter((url) => url !== null)];
}

function parse(reference: string, base: URL): URL | null {
  const url = URL.canParse(reference, base) ? new URL(reference, base) : null;
  if (url) url.hash = '';
  return url;
}
