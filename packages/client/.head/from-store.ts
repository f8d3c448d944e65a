import type { Context } from './context.ts';
import { ageOf, isFresh, isFreshIfError } from './policy.ts';
import type { StoredResponse } from './port.ts';
import { answered, type Read } from './reading.ts';
import { respond, respondStored } from './respond.ts';
import { matching } from './vary.ts';

/** The stored response that could answer a request once it is validated. */
export async function lookUp(
  { store, fingerprint }: Context,
  { key, request }: Read,
): Promise<StoredResponse | undefined> {
  const stored = await store.list(key);
  // Mostly there is one, and nothing selects it.
  if (stored.length < 2 && !stored[0]?.headers.vary) return stored[0];
  return (await matching(stored, request.fields, fingerprint))[0];
}

/** The answer without asking, in the mode that has it; null where one has to ask. */
export async function answerLocally(
  context: Context,
  read: Read,
  stored: StoredResponse | undefined,
): Promise<Response | null> {
  if (stored && isFresh(stored, read.directives, Date.now())) {
    const response = await respondUnvalidated(context, read, stored, 'fresh');
    if (response) return response;
  }
  if (!read.directives.has('only-if-cached')) return null;
  // RFC 9111 §5.2.1.7
  return respond(read.request, null, { status: 504, statusText: 'Gateway Timeout' });
}

/** The answer in place of an error; null where the stored response may not stand in. */
export async function answerStale(
  context: Context,
  read: Read,
  stored: StoredResponse | undefined,
): Promise<Response | null> {
  if (context.mode !== 'rfc9111' || !stored || read.request.signal?.aborted) return null;
  if (!isFreshIfError(stored, read.directives, Date.now())) return null;
  return respondUnvalidated(context, read, stored, 'stale');
}

async function respondUnvalidated(
  context: Context,
  read: Read,
  stored: StoredResponse,
  how: 'fresh' | 'stale',
): Promise<Response | null> {
  const payload = await context.store.payload(read.key, stored.id);
  if (!payload) return null;
  // RFC 9111 §4: without validation, with the age
  const age = `${Math.floor(ageOf(stored, Date.now()))}`;
  const response = respondStored(read.request, stored, payload, { ...stored.headers, age });
  answered(context, read, how, response, stored.wireBytes, stored.took);
  return response;
}
