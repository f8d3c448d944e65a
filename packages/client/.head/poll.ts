import { parseHttpDate, sha256 } from '@etag/core';
import { parseCacheControl } from './cache-control.ts';
import { pause } from './pause.ts';
import type { ClientInit } from './request.ts';
import { respond } from './respond.ts';

/** How to poll. */
export interface PollOptions {
  /** The time between two requests, in ms, at least. */
  interval: number;
  /** What goes with each request: header fields, `signal`, `etag.partition`. */
  init?: Omit<ClientInit, 'method' | 'body'> | undefined;
  /** Called with what is no content: a response of another status than 2xx, or what fetch throws. */
  onError?: ((failure: Response | unknown) => void) | undefined;
}

const LONGEST_BACKOFF = 32;
// A timer of more ms would go off at once.
const LONGEST_DELAY_MS = 2 ** 31 - 1;

/** Asks again and again, and yields the content each time that it has changed. */
export async function* poll(
  send: (input: string | URL, init?: ClientInit) => Promise<Response>,
  url: string | URL,
  { interval, init, onError }: PollOptions,
): AsyncGenerator<Response, void, undefined> {
  const signal = init?.signal ?? null;
  let seen: string | null = null;
  let failures = 0;
  for (;;) {
    signal?.throwIfAborted();
    const response = await send(url, init).catch((error: unknown) => {
      signal?.throwIfAborted();
      onError?.(error);
      return null;
    });
    if (response?.ok) {
      failures = 0;
      const content = new Uint8Array(await response.arrayBuffer());
      const name = response.headers.get('etag') ?? (await sha256(content));
      if (name !== seen) yield respond({ url: new URL(response.url) }, content, response);
      seen = name;
    } else {
      failures++;
      if (response) onError?.(response);
      if (response?.status === 410) return;
    }
    await pause(delay(response, interval * Math.min(2 ** failures, LONGEST_BACKOFF)), signal);
  }
}

/** How long to wait: no less than the server asks for; and a little longer, lest all who began at once ask at once. */
function delay(response: Response | null, least: number): number {
  const asked = response ? Math.max(retryAfter(response.headers), freshFor(response.headers)) : 0;
  return Math.min(Math.max(least, asked) * (1 + Math.random() / 10), LONGEST_DELAY_MS);
}

/** Retry-After in ms; 0 where there is none (RFC 9110 §10.2.3). */
function retryAfter(headers: Headers): number {
  const value = headers.get('retry-after') ?? '';
  // Retry-After = HTTP-date / delay-seconds
  if (/^\d+$/.test(value)) return Number(value) * 1000;
  return Math.max(0, (parseHttpDate(value) ?? 0) - Date.now());
}

/** How long the response stays fresh by its max-age, in ms; 0 where it does not say (RFC 9111 §5.2.2.1). */
function freshFor(headers: Headers): number {
  const directives = parseCacheControl(headers.get('cache-control') ?? undefined);
  const maxAge = directives.get('max-age') ?? '';
  if (directives.has('no-cache') || !/^\d+$/.test(maxAge)) return 0;
  return (Number(maxAge) - Number(headers.get('age') ?? 0)) * 1000 || 0;
}
