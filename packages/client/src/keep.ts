import type { Directives } from './cache-control.ts';
import type { Context } from './context.ts';
import { storedFields } from './freshen.ts';
import type { OpenStore } from './open-store.ts';
import { isFresh, isPermanentRedirect, isRedirect, isStorable } from './policy.ts';
import type { Awaitable, StoredResponse } from './port.ts';
import type { ClientRequest } from './request.ts';
import { reasonOf, wireBytes } from './respond.ts';
import type { Reading } from './shared-body.ts';
import { validatingFields } from './validators.ts';
import { matching, nominated, selectingFields } from './vary.ts';

/** What a response is kept for. */
export interface Keeping {
  readonly request: ClientRequest;
  /** Names what is stored for it. */
  readonly key: string;
  /** The Cache-Control of the request. */
  readonly directives: Directives;
  /** What had been invalidated when it was sent. */
  readonly invalidations: number;
}

/** How the content of a response is stored, and when that has happened or will not happen any more. */
export interface Kept extends Reading {
  readonly stored: Promise<unknown>;
}

const MOST_VARIANTS = 16;

/**
 * Stores a response once its content has been read.
 *
 * @returns null when it may not be stored, or there would be no use in it
 * @see RFC 9111 §3
 */
export async function keep(
  context: Context,
  to: Keeping,
  response: Response,
  times: Pick<StoredResponse, 'requested' | 'received' | 'took'>,
): Promise<Kept | null> {
  const stored = await describe(context, to, response, times);
  if (!stored || Number(response.headers.get('content-length')) > context.limit) return null;
  let settle: (last?: Awaitable<unknown>) => void = () => {};
  const settled = new Promise<unknown>((resolve) => {
    settle = resolve;
  });
  const complete = (payload: Uint8Array, waited: number) => {
    const wire = wireBytes(response.headers, payload.byteLength);
    return put(context, to, { ...stored, wireBytes: wire, took: stored.took + waited }, payload, settle);
  };
  // A redirect without its content, which nobody reads who follows it.
  if (!response.body || isRedirect(stored.status)) await complete(new Uint8Array(), 0);
  return { limit: context.limit, complete, incomplete: settle, stored: settled };
}

/**
 * Stores a response in place of those that it supersedes.
 *
 * @param settle - called with what there is to wait for until it is stored
 * @returns what the reader waits for: not for the store, unless it is one that answers at once
 */
function put(
  context: Context,
  to: Keeping,
  stored: StoredResponse,
  payload: Uint8Array,
  settle: (last?: Awaitable<unknown>) => void,
): Awaitable<void> {
  const store = context.openStore();
  const listed = store.list(to.key);
  const putting = (async () => {
    const replaces = await superseded(context, to, stored, await listed);
    const isVoid = () => context.invalidations.since(to.key, to.invalidations);
    if (!replaces || isVoid()) return settle();
    const done = store.put(to.key, stored, payload, replaces);
    // It may have been invalidated meanwhile, and the store may have done the one before the other.
    settle(done instanceof Promise ? done.then(() => isVoid() && store.delete(to.key)) : undefined);
  })();
  return listed instanceof Promise ? undefined : putting;
}

/** What is stored of a response besides its content; null when nothing is. */
async function describe(
  { mode, validators, fingerprint }: Context,
  { request, directives }: Keeping,
  response: Response,
  times: Pick<StoredResponse, 'requested' | 'received' | 'took'>,
): Promise<StoredResponse | null> {
  const { status } = response;
  const statusText = reasonOf(response.statusText);
  const headers = storedFields(response.headers);
  const names = nominated(headers.vary);
  // A redirect that the platform followed out of sight: this is the response of another URL.
  if (!names || response.redirected || !isStorable(directives, status, headers)) return null;
  const selecting = await selectingFields(names, request.fields, fingerprint);
  const stored = { id: crypto.randomUUID(), status, statusText, headers, selecting, wireBytes: null, ...times };
  const isUseful =
    validatingFields(stored, validators) !== null ||
    ((mode === 'rfc9111' || isPermanentRedirect(status)) && isFresh(stored, new Map(), times.received));
  return isUseful ? stored : null;
}

/**
 * The stored responses that a newer one supersedes: those that could have answered its request, and the oldest of too many.
 * Null where one of them was asked for later: content that was slow to come does not take the place of what is fresher.
 */
async function superseded(
  { fingerprint }: Context,
  { request }: Keeping,
  { requested }: StoredResponse,
  stored: readonly StoredResponse[],
): Promise<string[] | null> {
  const matches = await matching(stored, request.fields, fingerprint);
  // What is from the future was asked for before the clock was set back.
  if (matches.some((match) => match.requested > requested && match.requested <= Date.now())) return null;
  const others = stored.filter((response) => !matches.includes(response)).sort((a, b) => b.received - a.received);
  return [...matches, ...others.slice(MOST_VARIANTS - 1)].map(({ id }) => id);
}

/**
 * Stores the new metadata of a response; forgets it when it may not be stored any more.
 *
 * @see RFC 9111 §3.2
 */
export function freshen(
  context: Context,
  to: Keeping & { readonly store: OpenStore },
  stored: StoredResponse,
  updated: StoredResponse,
): Awaitable<unknown> {
  if (context.invalidations.since(to.key, to.invalidations)) return;
  if (['cache-control', 'vary'].every((name) => updated.headers[name] === stored.headers[name]))
    return to.store.freshen(to.key, updated);
  return freshenOrForget(context, to, updated);
}

async function freshenOrForget(
  { fingerprint }: Context,
  { key, store, directives, request }: Keeping & { readonly store: OpenStore },
  updated: StoredResponse,
): Promise<unknown> {
  const names = nominated(updated.headers.vary);
  if (!names || !isStorable(directives, updated.status, updated.headers)) return store.delete(key);
  const selecting = await selectingFields(names, request.fields, fingerprint);
  return store.freshen(key, { ...updated, selecting });
}
