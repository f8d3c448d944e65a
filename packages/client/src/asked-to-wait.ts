import { parseHttpDate } from '@etag/core';

/**
 * How long a server asks to wait before the next request, in ms: by Retry-After, the X-Poll-Interval of GitHub, and how long
 * until requests are allowed again where none is left; 0 where it does not say.
 *
 * @see RFC 9110 §10.2.3, draft-ietf-httpapi-ratelimit-headers
 */
export function askedToWait(headers: Headers): number {
  const field = (name: string) => headers.get(name) ?? '';
  const limits = ['x-ratelimit-', 'ratelimit-'].map((name) => [field(`${name}remaining`), field(`${name}reset`)]);
  // RateLimit: "minute";r=0;t=50, "day";r=99;t=5000
  for (const limit of field('ratelimit').split(',')) {
    limits.push(['r', 't'].map((name) => new RegExp(`;\\s*${name}=(\\d+)`).exec(limit)?.[1] ?? ''));
  }
  const resets = limits.map(([left, reset]) => (left === '0' ? untilReset(Number(reset)) : 0));
  return Math.max(retryAfter(field('retry-after')), Number(field('x-poll-interval')) * 1000 || 0, ...resets);
}

/** In ms. Some say when it is, in seconds or in ms since the epoch, and others how long it takes. */
function untilReset(seconds: number): number {
  const ms = seconds > 1e11 ? seconds : seconds * 1000;
  return (ms > 1e12 ? ms - Date.now() : ms) || 0;
}

function retryAfter(value: string): number {
  // Retry-After = HTTP-date / delay-seconds
  if (/^\d+$/.test(value)) return Number(value) * 1000;
  return Math.max(0, (parseHttpDate(value) ?? 0) - Date.now());
}
