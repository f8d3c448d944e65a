import { isKnownFailure, isOfConnecting, knownFailure } from '../known-failure.ts';

type HeaderFields = Readonly<Record<string, string>>;

/** Where an etcd cluster is, and how it is reached. */
export interface EtcdOptions {
  /** The client URLs of its members: `https://10.0.0.1:2379`, say. */
  endpoints: readonly string[];
  /**
   * Header fields of every request: `authorization` with a token, say. A function is asked before each, since a token may
   * end.
   * @default none
   */
  headers?: HeaderFields | (() => HeaderFields | Promise<HeaderFields>) | undefined;
  /** Sends the requests, with certificates of yours, say. @default the global `fetch` */
  fetch?: typeof fetch | undefined;
}

/**
 * etcd answered with an error.
 *
 * @see https://grpc.io/docs/guides/status-codes/
 */
export class EtcdError extends Error {
  override readonly name = 'EtcdError';
  /** The status code of gRPC, 14 (unavailable) say; undefined when the answer is not of etcd. */
  readonly code: number | undefined;

  constructor(message: string, code?: number) {
    super(message);
    this.code = code;
  }
}

/** Sends requests to a cluster. */
export interface Gateway {
  /** Asks one member after the other, until one answers. */
  read<R>(path: string, body: object): Promise<R>;
  /** Asks one member after the other, until one could be reached: whoever was reached may have done it. */
  write<R>(path: string, body: object): Promise<R>;
}

/** How long a member may take to answer, in ms; one that lost its majority says so after 7 s. */
const PATIENCE_MS = 10_000;

/**
 * The JSON gateway that every member of a cluster offers.
 *
 * @throws TypeError when there is no endpoint, or one is no URL
 * @see https://etcd.io/docs/latest/dev-guide/api_grpc_gateway/
 */
export function gateway({ endpoints, headers, fetch = globalThis.fetch }: EtcdOptions): Gateway {
  const members = endpoints.map((endpoint) => new URL(endpoint));
  if (members.length === 0) throw new TypeError('etcd needs an endpoint: https://10.0.0.1:2379, say');
  let preferred = 0;

  async function post<R>(member: URL | undefined, path: string, body: object): Promise<R> {
    const fields = typeof headers === 'function' ? await unsent(headers) : headers;
    const response = await fetch(`${member?.href.replace(/\/$/, '')}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...fields },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    if (!response.ok) throw errorOf(response.status, await response.text());
    return (await response.json()) as R;
  }

  async function ask<R>(path: string, body: object, mayAskAgain: (error: unknown) => boolean): Promise<R> {
    for (let asked = preferred, tries = 1; ; tries++) {
      try {
        return await post<R>(members[asked], path, body);
      } catch (error) {
        const next = (asked + 1) % members.length;
        if (preferred === asked) preferred = next;
        if (tries === members.length || !mayAskAgain(error)) throw error;
        asked = next;
      }
    }
  }

  return {
    read: (path, body) => ask(path, body, () => true),
    write: (path, body) => ask(path, body, wasNotSent),
  };
}

/** What a function gives before anything was sent. */
async function unsent<R>(work: () => R | Promise<R>): Promise<R> {
  try {
    return await work();
  } catch (error) {
    throw knownFailure(error);
  }
}

function errorOf(status: number, text: string): EtcdError {
  try {
    const { message, code } = JSON.parse(text) as { message: string; code: number };
    return new EtcdError(message, code);
  } catch {
    return new EtcdError(`${status} ${text}`);
  }
}

function wasNotSent(error: unknown): boolean {
  return isKnownFailure(error) || isOfConnecting(error);
}

/**
 * The status codes of gRPC by which etcd says that it did nothing: invalid argument, permission denied, unauthenticated.
 * By others it may have: unavailable and deadline exceeded come when the leader is lost half-way, resource exhausted also
 * to the write that took the last of the space.
 */
const REFUSED: (number | undefined)[] = [3, 7, 16];

/** Whether a write that failed with this error has certainly not been done. */
export function wasNotDone(error: unknown): boolean {
  return error instanceof EtcdError ? REFUSED.includes(error.code) : wasNotSent(error);
}
