import { remember } from './answer-of.ts';
import { type Directives, parseCacheControl } from './cache-control.ts';
import type { Context } from './context.ts';
import { exchange, reload } from './exchange.ts';
import { answerLocally, lookUp } from './from-store.ts';
import { answerHead } from './head.ts';
import { keyOf } from './key.ts';
import { backOff, within } from './pause.ts';
import type { Release } from './port.ts';
import { answered, type Read } from './reading.ts';
import { type ClientRequest, memberOf } from './request.ts';
import { wireBytes } from './respond.ts';
import { type Answer, SharedRequest } from './shared-request.ts';

/**
 * Answers a GET or HEAD: from the store where that is right, after a validation where it takes one, else by the server.
 *
 * @see RFC 9111 §4
 */
export function answerRead(context: Context, request: ClientRequest): Promise<Response> {
  const start = Date.now();
  const began = performance.now();
  const { partition } = request;
  const key = keyOf(partition, request.url, request.content ?? '');
  const directives = directivesOf(request);
  const invalidations = context.invalidations.now();
  const read: Read = {
    request,
    partition,
    key,
    directives,
    start,
    began,
    invalidations,
    requests: 0,
    store: context.openStore(),
  };
  if (asksForAll(request)) return answerAlone(context, read);
  // Neither the name nor the value of a field can have a line break.
  const same = `${request.method} ${memberOf(request, 'cache') ?? ''} ${key}\n${[...request.fields].join('\n')}`;
  const waiting = context.shared.get(same);
  if (waiting && !waiting.isSent) return join(context, read, same, waiting);
  const shared = new SharedRequest();
  if (!context.unshareable.has(same)) context.shared.set(same, shared);
  return run(context, read, same, shared, waiting);
}

function asksForAll(request: ClientRequest): boolean {
  return request.options.fresh === true || memberOf(request, 'cache') === 'reload';
}

/** The Cache-Control of a request, and what the member `cache` adds to it. */
function directivesOf(request: ClientRequest): Directives {
  const directives = parseCacheControl(request.fields.get('cache-control'));
  // https://fetch.spec.whatwg.org/#concept-request-cache-mode
  return memberOf(request, 'cache') === 'no-cache' ? new Map([...directives, ['no-cache', '']]) : directives;
}

async function answerAlone(context: Context, read: Read): Promise<Response> {
  const { request } = read;
  const answer = await (request.method === 'HEAD' ? answerHead : reload)(context, read, request.signal);
  return answer.respond(request, null);
}

async function join(context: Context, read: Read, same: string, shared: SharedRequest): Promise<Response> {
  const response = await shared.join(read.request);
  // Not for others: each of these sends its own, and nobody waits for it.
  if (!response) return run(context, read, same, new SharedRequest());
  remember(response, answered(context, read, 'shared', response.status, wireBytes(response.headers, 0), 0));
  return response;
}

function run(
  context: Context,
  read: Read,
  same: string,
  shared: SharedRequest,
  previous?: SharedRequest,
): Promise<Response> {
  const response = shared.join(read.request);
  shared.settled = lead(context, read, same, shared, previous).then(
    (answer) => {
      if (shared.isSent) context.unshareable.mark(same, !answer.isShareable);
      else forget(context, same, shared);
      shared.answer(answer);
      return answer.stored;
    },
    (error: unknown) => {
      forget(context, same, shared);
      shared.fail(error);
    },
  );
  // Its first caller: the one that an answer for one alone is for.
  return response as Promise<Response>;
}

/** Answers a shared request. */
async function lead(
  context: Context,
  read: Read,
  same: string,
  shared: SharedRequest,
  previous?: SharedRequest,
  isLocked?: boolean,
): Promise<Answer> {
  if (previous && context.wait > 0) await within(context.wait, previous.settled);
  const stored = await lookUp(context, read);
  const known = await answerLocally(context, read, stored);
  if (known?.isStale) revalidate(context, read);
  if (known) return known;
  const waits = !isLocked && !stored && context.wait > 0 && !context.unshareable.has(same);
  if (waits) return leadLocked(context, read, same, shared);
  const signal = send(context, same, shared);
  return read.request.method === 'HEAD' ? answerHead(context, read, signal) : exchange(context, read, stored, signal);
}

/** Asks for what nobody has read while no other process does, as long as one is to wait for another. */
async function leadLocked(context: Context, read: Read, same: string, shared: SharedRequest): Promise<Answer> {
  const release = await waitForLock(context, read, shared);
  let answer: Answer | undefined;
  try {
    // The one before may have stored it.
    answer = await lead(context, read, same, shared, undefined, true);
    return answer;
  } finally {
    // At the head where nothing will be stored; and never later than a moment after it, whatever becomes of the content.
    within(AFTER_HEAD_MS, answer?.stored).then(release, release);
  }
}

/** How long content may come after its head, in ms, before others are let in that wait for it to be stored. */
const AFTER_HEAD_MS = 100;
const LONGEST_PAUSE_MS = 100;

/** Waits for the lock of a key, as long as there is time; without it the request is sent all the same. */
async function waitForLock({ wait }: Context, { store, key, began }: Read, shared: SharedRequest): Promise<Release> {
  for (let attempt = 0; ; attempt++) {
    const release = await store.lock(key, wait);
    if (release) return release;
    if (shared.isAbandoned || performance.now() >= began + wait) return () => {};
    await backOff(attempt, 5, LONGEST_PAUSE_MS, null);
  }
}

/** How long a validation in the background may take, in ms: there is no caller to give it up. */
const BACKGROUND_MS = 30_000;

/**
 * Validates in the background what was used while it is stale (RFC 5861 §3): once at a time, however many use it while the
 * server is slow. If it fails, the next read tries again.
 */
function revalidate(context: Context, { key, request }: Read): void {
  const { validating } = context;
  if (validating.has(key)) return;
  validating.add(key);
  const signal = AbortSignal.timeout(BACKGROUND_MS);
  const background = { ...request, init: { ...request.init, cache: 'no-cache' as const, signal }, signal };
  answerRead(context, background)
    .then((response) => response.arrayBuffer())
    .finally(() => validating.delete(key))
    .catch(() => {});
}

/** waiting → sent: from now on nobody joins. */
function send(context: Context, same: string, shared: SharedRequest): AbortSignal | null {
  const end = () => forget(context, same, shared);
  if (context.wait === 0) end();
  else within(context.wait, shared.settled).then(end, end);
  return shared.send();
}

function forget({ shared: all }: Context, same: string, shared: SharedRequest): void {
  if (all.get(same) === shared) all.delete(same);
}
