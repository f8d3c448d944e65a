import type { Problem } from '@etag/core';
import { onTestFinished } from 'vitest';
import type { Application, Boot, Reply, Resource } from './application.ts';

/** What came back. */
export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly bytes: Uint8Array;
  readonly text: string;
  /** The tag; empty where there is none. */
  readonly etag: string;
  /** The content as JSON. */
  json<T = Problem>(): T;
}

/** Asks for a path; identity unless the headers name a coding. */
export type Ask = (headers?: Record<string, string>, method?: string, path?: string) => Promise<Answered>;

/**
 * Serves an application until the test ends.
 *
 * @param boot - of the adapter
 * @param application - what it serves
 * @returns a client that asks for `/`
 */
export async function serve(boot: Boot, application: Application): Promise<Ask & { readonly origin: string }> {
  const { origin, close } = await boot(application);
  onTestFinished(() => close());
  const ask: Ask = async (headers = {}, method = 'GET', path = '/') => {
    // RFC 10008 §2: a QUERY says what its content is, and a server may refuse one that does not
    const query = method === 'QUERY' && { 'content-type': 'text/plain' };
    const fields = { 'accept-encoding': 'identity', ...query, ...headers };
    const response = await fetch(origin + path, { method, headers: fields });
    const bytes = new Uint8Array(await response.arrayBuffer());
    const text = new TextDecoder().decode(bytes);
    const etag = response.headers.get('etag') ?? '';
    return { status: response.status, headers: response.headers, bytes, text, etag, json: () => JSON.parse(text) };
  };
  return Object.assign(ask, { origin });
}

/**
 * Serves one resource at `/`.
 *
 * @param boot - of the adapter
 * @param resource - its handler, or what the handler answers
 * @param application - what stands around it
 * @returns a client that asks for it
 */
export function serveOne(
  boot: Boot,
  resource: Omit<Resource, 'path'> | Reply,
  application: Omit<Application, 'resources'> = {},
): Promise<Ask & { readonly origin: string }> {
  const one = 'handle' in resource ? resource : { handle: () => resource };
  return serve(boot, { ...application, resources: [{ path: '/', ...one }] });
}
