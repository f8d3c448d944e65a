import { type CallAnswer, remember } from './answer-of.ts';
import type { Directives } from './cache-control.ts';
import type { Context } from './context.ts';
import { keyOf } from './key.ts';
import { ageOf, isFresh, isFreshBy, isPermanentRedirect, isRedirect } from './policy.ts';
import type { Awaitable, StoredResponse } from './port.ts';
import { answered, type Read } from './reading.ts';
import { memberOf } from './request.ts';
import { respond, respondStored } from './respond.ts';
import type { Answer } from './shared-request.ts';
import { matching } from './vary.ts';

/** The stored response that could answer a request once it is validated. */
export async function lookUp(
  { fingerprint, invalidations }: Context,
  { key, request, store }: Read,
): Promise<StoredResponse | undefined> {
  const stored = await store.list(key);
  if (stored.length === 0) return;
  // What changed a resource changed the answers to its queries.
  const keys = request.content ? [key, keyOf(request.partition, request.url)] : [key];
  const valid = stored.filter(({ requested }) => !keys.some((one) => invalidations.isVoid(one, requested)));
  // The store could not be reached when they were invalidated, or was given them later.
  if (valid.length === 0) await store.delete(key);
  // Mostly there is one, and nothing selects it.
  if (valid.length < 2 && !valid[0]?.headers.vary) return valid[0];
  return (await matching(valid, request.fields, fingerprint))[0];
}

/** The answer without asking, where the mode of the client or the request has one; null where one has to ask. */
export function answerLocally(
  context: Context,
  read: Read,
  stored: StoredResponse | undefined,
): Awaitable<Answer | null> {
  const cache = memberOf(read.request, 'cache');
  // https://fetch.spec.whatwg.org/#concept-request-cache-mode: these take what is stored, fresh or not
  const takesStale = cache === 'force-cache' || cache === 'only-if-cached';
  // A URL that has moved for good is not asked where it is: what is there is asked for all the same.
  if (context.mode !== 'rfc9111' && !takesStale && !isPermanentRedirect(stored?.status ?? 0)) return null;
  return answerFromStore(context, read, stored, takesStale);
}

async function answerFromStore(
  context: Context,
  read: Read,
  stored: StoredResponse | undefined,
  takesStale: boolean,
): Promise<Answer | null> {
  if (stored && isUsable(read, stored)) {
    const how = takesStale ? 'fresh' : unvalidated(stored, read.directives);
    const answer = how && (await answerUnvalidated(context, read, stored, how));
    if (answer) return how === 'stale' ? { ...answer, isStale: true } : answer;
  }
  if (memberOf(read.request, 'cache') === 'only-if-cached')
    throw new TypeError(`${read.request.url.href} is not stored`);
  if (context.mode !== 'rfc9111' || !read.directives.has('only-if-cached')) return null;
  // RFC 9111 §5.2.1.7
  return {
    respond: (request) => respond(request, null, { status: 504, statusText: 'Gateway Timeout' }),
    isShareable: true,
  };
}

/** A stored redirect has no content: it is for those who follow it. */
function isUsable({ request }: Read, { status }: StoredResponse): boolean {
  return !isRedirect(status) || request.redirect === 'follow';
}

/** How a stored response may answer without asking; null where it may not. */
function unvalidated(stored: StoredResponse, directives: Directives): 'fresh' | 'stale' | null {
  const now = Date.now();
  if (isFresh(stored, directives, now)) return 'fresh';
  // What a request says of freshness is said of this as well.
  const isSpared = directives.size === 0 && isFreshBy('stale-while-revalidate', stored, directives, now);
  return isSpared ? 'stale' : null;
}

/** The answer instead of an error; null where the stored response may not stand in. */
export async function answerStale(
  context: Context,
  read: Read,
  stored: StoredResponse | undefined,
): Promise<Answer | null> {
  if (context.mode !== 'rfc9111' || !stored) return null;
  if (!isFreshBy('stale-if-error', stored, read.directives, Date.now())) return null;
  return answerUnvalidated(context, read, stored, 'stale');
}

async function answerUnvalidated(
  context: Context,
  read: Read,
  stored: StoredResponse,
  how: 'fresh' | 'stale',
): Promise<Answer | null> {
  const payload = await read.store.payload(read.key, stored.id);
  if (!payload) return null;
  // RFC 9111 §4: without validation, with the age
  const age = `${Math.floor(ageOf(stored, Date.now()))}`;
  const told = answered(context, read, how, stored.status, stored.wireBytes, stored.took);
  return answerStored(stored, payload, { ...stored.headers, age }, told);
}

/** Answers each caller with a stored response, and the fields that it has now. */
export function answerStored(
  stored: StoredResponse,
  payload: Uint8Array,
  fields: StoredResponse['headers'],
  told: CallAnswer,
  cookies: readonly string[] = [],
): Answer {
  return {
    respond(request) {
      const response = respondStored(request, stored, payload, fields);
      for (const cookie of cookies) response.headers.append('set-cookie', cookie);
      remember(response, told);
      return response;
    },
    isShareable: true,
  };
}
