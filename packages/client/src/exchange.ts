import { type CallAnswer, remember } from './answer-of.ts';
import { ask, type Context, isCrossOrigin, RELOAD, VALIDATE } from './context.ts';
import { discard } from './discard.ts';
import type { Mismatched } from './event.ts';
import { confirmedFields, storedFields, updatedFields, verdictOn } from './freshen.ts';
import { answerStale, answerStored, lookUp } from './from-store.ts';
import { freshen, keep } from './keep.ts';
import { isRedirect } from './policy.ts';
import type { StoredResponse } from './port.ts';
import { answered, type Read } from './reading.ts';
import type { ClientRequest } from './request.ts';
import { received, respond } from './respond.ts';
import { type Load, SharedBody } from './shared-body.ts';
import type { Answer } from './shared-request.ts';
import { validatingFields } from './validators.ts';

/** When a request was sent: in ms since the epoch, and by the clock that is never set back. */
interface Sent {
  readonly requested: number;
  readonly began: number;
}

// RFC 5861 §4
const SERVER_ERRORS = [500, 502, 503, 504];

/**
 * Asks the server, with the validators of what is stored.
 *
 * @param signal - aborts it
 * @see RFC 9111 §4.3
 */
export async function exchange(
  context: Context,
  read: Read,
  stored: StoredResponse | undefined,
  signal: AbortSignal | null,
): Promise<Answer> {
  const preconditions = stored ? preconditionsFor(context, read.request, stored) : null;
  const sent = now();
  let response: Response;
  try {
    response = await send(context, read, preconditions, preconditions ? VALIDATE : modeFor(context, read), signal);
  } catch (error) {
    if (signal?.aborted) throw error;
    // It may have been they that were not allowed.
    if (preconditions && isCrossOrigin(read.request.url)) {
      return full(context, read, await send(context, read, null, modeFor(context, read), signal), now());
    }
    const stale = await answerStale(context, read, stored);
    if (stale) return stale;
    throw error;
  }
  if (SERVER_ERRORS.includes(response.status)) {
    const stale = await answerStale(context, read, stored);
    if (stale) {
      discard(response);
      return stale;
    }
  }
  if (response.status !== 304) return full(context, read, response, sent);
  const validated = stored && preconditions ? await validate(context, read, stored, response, sent) : 'unasked';
  if (typeof validated !== 'string') return validated;
  const { href: url, origin } = read.request.url;
  context.publish({ type: 'mismatch', url, origin, partition: read.partition, reason: validated });
  discard(response);
  return reload(context, read, signal);
}

/** After a write with If-Match a browser keeps its own copy, and calls it fresh (docs/decisions/081): it has to validate that first. */
export function modeFor({ invalidations }: Context, { key }: Read): RequestInit {
  return invalidations.since(key, 0) ? VALIDATE : {};
}

function preconditionsFor(
  { validators }: Context,
  { url }: ClientRequest,
  stored: StoredResponse,
): Record<string, string> | null {
  if (!isCrossOrigin(url)) return validatingFields(stored, validators);
  // A server that shows its tag to a page expects it back; one that shows a date alone, as all do, does not.
  return stored.headers.etag === undefined ? null : validatingFields(stored, 'etag');
}

/** Asks for all of it, whatever is stored here or on the way. */
export async function reload(context: Context, read: Read, signal: AbortSignal | null): Promise<Answer> {
  const sent = now();
  return full(context, read, await send(context, read, null, RELOAD, signal), sent);
}

/** Sends a read once. */
export function send(
  context: Context,
  read: Read,
  preconditions: Readonly<Record<string, string>> | null,
  mode: RequestInit,
  signal: AbortSignal | null,
): Promise<Response> {
  read.requests++;
  return ask(context, read.request, { ...Object.fromEntries(read.request.fields), ...preconditions }, mode, signal);
}

/**
 * Answers with the stored response that a 304 confirms.
 *
 * @returns why it cannot, where it cannot
 * @see RFC 9111 §4.3.3, §4.3.4
 */
async function validate(
  context: Context,
  read: Read,
  stored: StoredResponse,
  notModified: Response,
  { requested, began }: Sent,
): Promise<Answer | Mismatched['reason']> {
  const fields = storedFields(notModified.headers);
  const verdict = verdictOn(stored.headers, fields);
  if (verdict === 'contradicts') return 'validator';
  const headers = (verdict === 'updates' ? updatedFields : confirmedFields)(stored.headers, fields);
  const current = { ...stored, headers, requested, received: Date.now() };
  // Before it is deleted, where the 304 says that it may not be stored any more.
  const content = read.store.payload(read.key, stored.id);
  const freshened = freshen(context, read, stored, current);
  const payload = (await content) ?? (await sameContent(context, read, stored));
  await freshened;
  if (!payload) return 'content';
  const took = performance.now() - began;
  const told = answered(context, read, 'not-modified', stored.status, stored.wireBytes, stored.took - took);
  return answerStored(current, payload, current.headers, told, notModified.headers.getSetCookie());
}

/** The content that another process has stored instead, and under the same tag. */
async function sameContent(context: Context, read: Read, { headers }: StoredResponse): Promise<Uint8Array | null> {
  const other = await lookUp(context, read);
  return other && other.headers.etag === headers.etag ? read.store.payload(read.key, other.id) : null;
}

/** Passes on what the server answered in full, and keeps it where it may. */
async function full(context: Context, read: Read, response: Response, { requested, began }: Sent): Promise<Answer> {
  const told = answered(context, read, 'full', response.status);
  const times = { requested, received: Date.now(), took: performance.now() - began };
  const kept = await keep(context, read, response, times);
  if (!kept || isRedirect(response.status)) return answerReceived(response, told);
  const body = response.body && new SharedBody(response, kept);
  return {
    respond(request, signal) {
      const load: Load = () => loadAgain(context, request, response);
      const one = respond(request, body?.read(signal, load) ?? null, response);
      remember(one, told);
      return one;
    },
    isShareable: true,
    stored: kept.stored,
  };
}

/** Answers one caller with the very response of the server. */
export function answerReceived(response: Response, told: CallAnswer): Answer {
  return {
    respond(request) {
      const one = received(request, response);
      remember(one, told);
      return one;
    },
    isShareable: false,
  };
}

/**
 * Loads what was too long to share once more, for one reader.
 *
 * @throws TypeError when the content has changed since
 */
async function loadAgain(
  context: Context,
  request: ClientRequest,
  first: Response,
): Promise<ReadableStream<Uint8Array>> {
  const again = await ask(context, request, Object.fromEntries(request.fields), RELOAD, request.signal);
  const [validator, known] = [again, first].map(({ headers }) => headers.get('etag') ?? headers.get('last-modified'));
  // Without a validator nobody can tell: two versions would make one content.
  if (again.status === first.status && validator && validator === known && again.body) return again.body;
  discard(again);
  throw new TypeError(`${request.url.href} has changed since`);
}

function now(): Sent {
  return { requested: Date.now(), began: performance.now() };
}
