import type { Directives } from './cache-control.ts';
import type { Context } from './context.ts';
import { storedFields } from './freshen.ts';
import { keeping } from './payload.ts';
import { isFresh, isStorable } from './policy.ts';
import type { Awaitable, StoredResponse } from './port.ts';
import type { ClientRequest } from './request.ts';
import { respond, wireBytes } from './respond.ts';
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

/** A response that is stored once it has been read, and when that has happened or will not happen any more. */
export interface Kept {
  readonly response: Response;
  readonly settled: Promise<void>;
}

const MOST_VARIANTS = 16;

/**
 * Stores a response while it is read.
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
  const put = async (payload: Uint8Array, waited: number) => {
    if (context.invalidations.since(to.key, to.invalidations)) return;
    const wire = wireBytes(response.headers, payload.byteLength);
    const complete = { ...stored, wireBytes: wire, took: stored.took + waited };
    await context.store.put(to.key, complete, payload, await superseded(context, to));
  };
  if (!response.body) return { response, settled: put(new Uint8Array(), 0) };
  let settle = () => {};
  const settled = new Promise<void>((resolve) => {
    settle = resolve;
  });
  const body = keeping(response.body, {
    limit: context.limit,
    complete: (payload, waited) => put(payload, waited).finally(settle),
    incomplete: settle,
  });
  return { response: respond(to.request, body, response), settled };
}

/** What is stored of a response besides its content; null when nothing is. */
async function describe(
  { mode, validators, fingerprint }: Context,
  { request, directives }: Keeping,
  response: Response,
  times: Pick<StoredResponse, 'requested' | 'received' | 'took'>,
): Promise<StoredResponse | null> {
  const { status, statusText } = response;
  const headers = storedFields(response.headers);
  const names = nominated(headers.vary);
  // A redirect that the platform followed out of sight: this is the response of another URL.
  if (!names || response.redirected || !isStorable(directives, status, headers)) return null;
  const selecting = await selectingFields(names, request.fields, fingerprint);
  const stored = { id: crypto.randomUUID(), status, statusText, headers, selecting, wireBytes: null, ...times };
  const useful =
    validatingFields(stored, validators) !== null || (mode === 'rfc9111' && isFresh(stored, new Map(), times.received));
  return useful ? stored : null;
}

/** The stored responses that a newer one supersedes: those that could have answered its request, and the oldest of too many. */
async function superseded({ store, fingerprint }: Context, { key, request }: Keeping): Promise<string[]> {
  const stored = await store.list(key);
  const matches = await matching(stored, request.fields, fingerprint);
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
  to: Keeping,
  stored: StoredResponse,
  updated: StoredResponse,
): Awaitable<void> {
  const { store, invalidations } = context;
  if (invalidations.since(to.key, to.invalidations)) return;
  const changes = (name: string) => updated.headers[name] !== stored.headers[name];
  if (!changes('cache-control') && !changes('vary')) return store.freshen(to.key, updated);
  return freshenOrForget(context, to, updated);
}

async function freshenOrForget(context: Context, to: Keeping, updated: StoredResponse): Promise<void> {
  const { store, fingerprint } = context;
  const names = nominated(updated.headers.vary);
  if (!names || !isStorable(to.directives, updated.status, updated.headers)) return store.delete(to.key);
  const selecting = await selectingFields(names, to.request.fields, fingerprint);
  return store.freshen(to.key, { ...updated, selecting });
}
