import { abortable } from './abort.ts';
import { ask, type Context, RELOAD, takesLeave, VALIDATE } from './context.ts';
import type { Mismatched } from './event.ts';
import type { Answer, Flight } from './flight.ts';
import { storedFields, updatedFields, verdictOn } from './freshen.ts';
import { answerStale } from './from-store.ts';
import { freshen, keep } from './keep.ts';
import type { StoredResponse } from './port.ts';
import { answered, type Read } from './reading.ts';
import type { ClientRequest } from './request.ts';
import { respondStored } from './respond.ts';
import { validatingFields } from './validators.ts';

/** An answer, and when nothing more will be stored of it: now, where that is not said. */
export interface Exchanged extends Answer {
  readonly settled?: Promise<void>;
}

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
 * @see RFC 9111 §4.3
 */
export async function exchange(
  context: Context,
  read: Read,
  stored: StoredResponse | undefined,
  flight: Flight,
): Promise<Exchanged> {
  const preconditions = stored ? preconditionsFor(context, read.request, stored) : null;
  const split = flight.depart();
  const sent = now();
  let response: Response;
  try {
    response = await send(context, read.request, preconditions, preconditions ? VALIDATE : {}, split);
  } catch (error) {
    // It may have been they that were not allowed.
    if (preconditions && takesLeave(read.request.url)) {
      return full(context, read, await send(context, read.request, null, {}, split), now());
    }
    const stale = await answerStale(context, read, stored);
    if (stale) return { response: stale, shareable: true };
    throw error;
  }
  if (SERVER_ERRORS.includes(response.status)) {
    const stale = await answerStale(context, read, stored);
    if (stale) return { response: stale, shareable: true };
  }
  if (response.status !== 304) return full(context, read, response, sent);
  const validated = stored && preconditions ? await validate(context, read, stored, response, sent) : 'unasked';
  if (typeof validated !== 'string') return { response: validated, shareable: true };
  const { href: url, origin } = read.request.url;
  context.publish({ type: 'mismatch', url, origin, partition: read.partition, reason: validated });
  return reload(context, read, split);
}

function preconditionsFor(
  { validators }: Context,
  { url }: ClientRequest,
  stored: StoredResponse,
): Record<string, string> | null {
  if (!takesLeave(url)) return validatingFields(stored, validators);
  // A server that shows its tag to a page expects it back; one that shows a date alone, as all do, does not.
  return stored.headers.etag === undefined ? null : validatingFields(stored, 'etag');
}

/**
 * Asks for all of it, whatever is stored here or on the way.
 *
 * @param split - whether somebody else waits for the answer
 */
export async function reload(context: Context, read: Read, split = false): Promise<Exchanged> {
  const sent = now();
  return full(context, read, await send(context, read.request, null, RELOAD, split), sent);
}

function send(
  context: Context,
  request: ClientRequest,
  preconditions: Readonly<Record<string, string>> | null,
  mode: RequestInit,
  split: boolean,
): Promise<Response> {
  const fields = { ...Object.fromEntries(request.fields), ...preconditions };
  if (!split) return ask(context, request, fields, mode);
  // Somebody else waits for it: it goes on when this caller aborts.
  return abortable(ask(context, request, fields, { ...mode, signal: null }), request.signal);
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
): Promise<Response | Mismatched['reason']> {
  const fields = storedFields(notModified.headers);
  const verdict = verdictOn(stored.headers, fields);
  if (verdict === 'contradicts') return 'validator';
  const headers = updatedFields(stored.headers, fields);
  const current = verdict === 'updates' ? { ...stored, headers, requested, received: Date.now() } : stored;
  const freshened = freshen(context, read, stored, current);
  const payload = await context.store.payload(read.key, stored.id);
  await freshened;
  if (!payload) return 'content';
  const response = respondStored(read.request, current, payload, current.headers);
  for (const cookie of notModified.headers.getSetCookie()) response.headers.append('set-cookie', cookie);
  const took = performance.now() - began;
  answered(context, read, 'not-modified', response, stored.wireBytes, stored.took - took);
  return response;
}

/** Passes on what the server answered in full, and keeps it where it may. */
async function full(context: Context, read: Read, response: Response, { requested, began }: Sent): Promise<Exchanged> {
  answered(context, read, 'full', response, 0, 0);
  const times = { requested, received: Date.now(), took: performance.now() - began };
  const kept = await keep(context, read, response, times);
  return kept ? { ...kept, shareable: true } : { response, shareable: false };
}

function now(): Sent {
  return { requested: Date.now(), began: performance.now() };
}
