import { parseCacheControl } from './cache-control.ts';
import type { Context } from './context.ts';
import { exchange, reload } from './exchange.ts';
import type { Answer, Flight } from './flight.ts';
import { answerLocally, lookUp } from './from-store.ts';
import { answerHead } from './head.ts';
import { waitForLock } from './lock.ts';
import { keyOf, partitionOf } from './partition.ts';
import { answered, type Read } from './reading.ts';
import { type ClientRequest, memberOf } from './request.ts';
import { respondUntilAborted, wireBytes } from './respond.ts';

/**
 * Answers a GET or HEAD: from the store where that is right, after a validation where it takes one, else by the server.
 *
 * @see RFC 9111 §4
 */
export async function answerRead(context: Context, request: ClientRequest): Promise<Response> {
  const start = Date.now();
  const began = performance.now();
  const partition = await partitionOf(request, context.partition, context.fingerprint);
  const key = keyOf(partition, request.url);
  const directives = parseCacheControl(request.fields.get('cache-control'));
  const read = { request, partition, key, directives, start, began, invalidations: context.invalidations.now() };
  if (asksForAll(request)) {
    const { response } = await (request.method === 'HEAD' ? answerHead(context, read) : reload(context, read));
    return response;
  }
  // Neither the name nor the value of a field can have a line break.
  const same = `${request.method} ${key}\n${[...request.fields].join('\n')}`;
  const landed = await context.flights.run(same, request.signal, (flight) => answer(context, read, flight));
  const { response, led, split } = landed;
  if (!led) answered(context, read, 'shared', response, wireBytes(response.headers, 0), 0);
  return split ? respondUntilAborted(request, response) : response;
}

function asksForAll(request: ClientRequest): boolean {
  return request.options.fresh === true || memberOf(request, 'cache') === 'reload';
}

async function answer(context: Context, read: Read, flight: Flight): Promise<Answer> {
  const stored = await lookUp(context, read);
  const local = context.mode === 'rfc9111' ? await answerLocally(context, read, stored) : null;
  if (local) return { response: local, shareable: true };
  if (read.request.method === 'HEAD') return answerHead(context, read);
  // What each has to validate is not waited for: to ask costs less.
  if (stored && context.mode === 'revalidate') return await exchange(context, read, stored, flight);
  return answerLocked(context, read, flight);
}

/** Asks while no other process does; who waited finds what the one before has stored. */
async function answerLocked(context: Context, read: Read, flight: Flight): Promise<Answer> {
  const release = await waitForLock(context.store, read.key, read.request.signal);
  let settled: Promise<void> | undefined;
  try {
    const stored = await lookUp(context, read);
    const local = context.mode === 'rfc9111' ? await answerLocally(context, read, stored) : null;
    if (local) return { response: local, shareable: true };
    const exchanged = await exchange(context, read, stored, flight);
    settled = exchanged.settled;
    return exchanged;
  } finally {
    void Promise.resolve(settled).then(release);
  }
}
