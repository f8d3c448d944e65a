import { OutcomeUnknownError } from '@etag/core';
import { answerOf, remember } from './answer-of.ts';
import { isReadOnce } from './body.ts';
import { discard } from './discard.ts';
import { isSafe } from './method.ts';
import { withoutCredentials } from './partition.ts';
import { isPermanentRedirect, isRedirect } from './policy.ts';
import { resolve } from './reference.ts';
import type { ClientRequest } from './request.ts';
import { define } from './respond.ts';
import { preconditionOf, withoutPreconditions } from './validators.ts';

const MOST = 20;

// https://fetch.spec.whatwg.org/#request-body-header-name
const OF_BODY = /^content-(encoding|length|language|location|type)$/;
const OF_IDENTITY = ['authorization', 'proxy-authorization', 'cookie', 'host'];

/**
 * Follows redirects by hand, as fetch would: each URL is asked with the validators that were learned there, and with no
 * others. (fetch takes Authorization off a request to another origin, and leaves If-None-Match on.)
 *
 * @param send - sends one request, with `redirect: 'manual'`
 * @throws OutcomeUnknownError when a write was answered with a redirect that could not be followed
 * @see https://fetch.spec.whatwg.org/#http-redirect-fetch
 */
export async function followRedirects(
  first: ClientRequest,
  send: (request: ClientRequest) => Promise<Response>,
): Promise<Response> {
  let isDone = false;
  let request = first;
  let requests = 0;
  let isPermanent = true;
  let movedTo: string | null = null;
  try {
    for (let redirects = 0; ; redirects++) {
      const body = bodyToRepeat(request);
      const response = await send(request);
      const location = isRedirect(response.status) ? response.headers.get('location') : null;
      if (location === null || request.redirect === 'manual') {
        return redirects === 0 ? response : afterRedirects(response, requests, movedTo);
      }
      // RFC 9110 §15.4.4: it is done, whatever becomes of what this leads to
      isDone ||= response.status === 303 && !isSafe(request.method);
      requests += answerOf(response)?.requests ?? 1;
      discard(response);
      if (request.redirect === 'error') throw failed(request, 'redirect is "error"');
      if (redirects === MOST) throw failed(first, `more than ${MOST} times`);
      request = next(request, response.status, location, body);
      isPermanent &&= isPermanentRedirect(response.status);
      if (isPermanent) movedTo = request.url.href;
    }
  } catch (error) {
    throw isDone ? new OutcomeUnknownError({ cause: error }) : error;
  }
}

/** The last response of a chain, which took more requests than its own. */
function afterRedirects(response: Response, requests: number, movedTo: string | null): Response {
  const answer = answerOf(response);
  remember(response, answer && { ...answer, requests: answer.requests + requests, movedTo });
  return define(response, 'redirected', true);
}

/** The body to send once more; undefined where there is none, null where it can be read but once. */
function bodyToRepeat({ input, init, redirect }: ClientRequest): BodyInit | null | undefined {
  const { body } = init;
  if (body != null) return isReadOnce(body) ? null : body;
  if (typeof input === 'string' || !input.body || redirect !== 'follow') return undefined;
  return input.clone().body;
}

function next(
  request: ClientRequest,
  status: number,
  location: string,
  body: BodyInit | null | undefined,
): ClientRequest {
  const url = resolve(location, request.url);
  if (!url || !/^https?:$/.test(url.protocol) || url.username || url.password) {
    throw failed(request, `fetch does not go to ${location}`);
  }
  const toGet = becomesGet(request.method, status);
  const method = toGet ? 'GET' : request.method;
  if (body === null && !toGet) throw failed(request, 'its body is a stream');
  const fields = fieldsFor(request, method, url);
  if (toGet) for (const name of fields.keys()) if (OF_BODY.test(name)) fields.delete(name);
  const init = { ...membersOf(request), method };
  if (body && !toGet) Object.assign(init, { body, duplex: 'half' });
  const isElsewhere = url.origin !== request.url.origin && OF_IDENTITY.some((name) => request.fields.has(name));
  const partition = isElsewhere ? withoutCredentials(request.partition) : request.partition;
  return { ...request, url, method, fields, input: url.href, init, partition, content: toGet ? '' : request.content };
}

function becomesGet(method: string, status: number): boolean {
  return status === 303 ? method !== 'GET' && method !== 'HEAD' : status < 303 && method === 'POST';
}

/** A validator says nothing of another URL, be it of the same origin. */
function fieldsFor(request: ClientRequest, method: string, url: URL): Map<string, string> {
  const precondition = preconditionOf(request.fields);
  // Without its precondition, the write would be one that overwrites.
  if (precondition && !isSafe(method)) {
    throw failed(request, `it has ${precondition} and leads to ${url.href}`);
  }
  const fields = withoutPreconditions(request.fields);
  // RFC 9110 §13.1.5: without its condition, a part of another representation would be taken for one of the first.
  if (request.fields.has('if-range')) fields.delete('range');
  if (url.origin !== request.url.origin) for (const name of OF_IDENTITY) fields.delete(name);
  return fields;
}

/** What a Request has, but for its body; and the init, which comes first. */
function membersOf({ input, init }: ClientRequest): RequestInit {
  const members: Record<string, unknown> = {};
  // They are getters of its class, which a spread leaves out.
  if (typeof input === 'object') for (const name in input) members[name] = input[name as keyof Request];
  return { ...members, ...init, body: null };
}

/** What fetch rejects with. */
function failed({ method, url }: ClientRequest, why: string): TypeError {
  return new TypeError(`${method} ${url.href} is redirected: ${why}.`);
}
