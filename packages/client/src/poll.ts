import { sha256 } from '@etag/core';
import { answerOf, remember } from './answer-of.ts';
import { askedToWait } from './asked-to-wait.ts';
import { parseCacheControl } from './cache-control.ts';
import { discard } from './discard.ts';
import { checkOptions } from './options.ts';
import { pause } from './pause.ts';
import { ageIn, seconds } from './policy.ts';
import type { ClientInit } from './request.ts';
import { respond } from './respond.ts';

/** How to poll. */
export interface PollOptions {
  /** The time between two requests, in ms, at least. */
  interval: number;
  /** The longest time between two requests, in ms, whatever a server asks for. @default none */
  longestInterval?: number | undefined;
  /** Ends it. */
  signal?: AbortSignal | null | undefined;
  /** What goes with each request: header fields, `signal`, `etag.partition`. */
  init?: Omit<ClientInit, 'method' | 'body'> | undefined;
  /** Called with what is not content: a response of another status than 2xx, to be read at once, or what fetch throws. */
  onError?: ((failure: Response | unknown) => unknown) | undefined;
}

const OPTIONS = {
  interval: 'a number of 0 or more',
  longestInterval: 'a number of 0 or more',
  signal: 'an object',
  init: 'an object',
  onError: 'a function',
};

const LONGEST_BACKOFF = 32;

/**
 * Asks again and again, and yields the content each time that it has changed.
 *
 * @throws TypeError for an option that there is not, or that is of another type, and an interval that is not a positive number
 */
export async function* poll(
  send: (input: string | URL, init?: ClientInit) => Promise<Response>,
  url: string | URL,
  options: PollOptions,
): AsyncGenerator<Response, void, undefined> {
  checkOptions(options, OPTIONS);
  const { interval, longestInterval = Infinity, signal: own, init, onError } = options;
  for (const ms of [interval, longestInterval]) {
    if (!(ms > 0)) throw new TypeError(`${ms} is not a positive number of ms`);
  }
  const signal = AbortSignal.any([own, init?.signal].filter((signal) => signal != null));
  let seen: string | null = null;
  let failures = 0;
  for (;;) {
    signal.throwIfAborted();
    let response: Response | null = null;
    let content: Uint8Array<ArrayBuffer> | undefined;
    try {
      response = await send(url, { ...init, signal });
      if (response.ok) content = new Uint8Array(await response.arrayBuffer());
    } catch (error) {
      signal.throwIfAborted();
      response = null;
      await onError?.(error);
    }
    if (response && content) {
      failures = 0;
      const name = response.headers.get('etag') ?? (await sha256(content));
      if (name !== seen) {
        const changed = respond({ url: new URL(response.url) }, content, response);
        remember(changed, answerOf(response));
        yield changed;
      }
      seen = name;
    } else {
      failures++;
      if (response) {
        await onError?.(response);
        discard(response);
      }
      if (response?.status === 410) return;
    }
    const least = interval * Math.min(2 ** failures, LONGEST_BACKOFF);
    await pause(Math.min(delay(response, least), longestInterval), signal);
  }
}

/** How long to wait: at least as long as the server asks for, and a little longer by chance, so that clients do not stay in step. */
function delay(response: Response | null, least: number): number {
  const asked = response ? [askedToWait, freshFor].map((of) => of(response.headers)) : [];
  return Math.max(least, ...asked) * (1 + Math.random() / 10);
}

/** How long the response stays fresh by its max-age, in ms; 0 where it does not say (RFC 9111 §5.2.2.1). */
function freshFor(headers: Headers): number {
  const directives = parseCacheControl(headers.get('cache-control') ?? undefined);
  if (directives.has('no-cache')) return 0;
  return ((seconds(directives.get('max-age')) ?? 0) - ageIn(headers.get('age'))) * 1000 || 0;
}
