import {
  type Answer,
  addVary,
  codeTag,
  type EntityTag,
  type Expectation,
  type ExpectationOptions,
  evaluateRead,
  expectation as expectationOf,
  hasContent,
  isEtagError,
  isRead,
  isWeak,
  type Outcome,
  type RequestHead,
  type ResourceState,
  type RespondOptions,
  respond as respondTo,
  type Stored,
  toNotModified,
} from '@etag/core';
import type { Plugin, Request, ResponseObject, ResponseToolkit } from '@hapi/hapi';

// Conditional requests in hapi. It codes content and its tag by itself, below its last extension point: a tag is given to it,
// by response.etag(), and what it does not know is decided before.

/** Answers a 412 and a 428 that are thrown anywhere. */
export const conditional: Plugin<undefined> = {
  name: 'conditional',
  register(server) {
    server.ext('onPreResponse', ({ response }, h) => (isEtagError(response) ? send(h, response) : h.continue));
  },
};

/** What a write expects, for a store; see `expectation` of @etag/hono. */
export function expectation(request: Request, options?: ExpectationOptions): Expectation {
  return expectationOf(headOf(request), options);
}

/** The response to a write through a store, or to a read of it; see `respond` of @etag/hono. */
export function respond<T>(
  request: Request,
  h: ResponseToolkit,
  result: Outcome<T> | Stored<T> | null,
  options?: RespondOptions,
): ResponseObject {
  const head = headOf(request);
  const answer = respondTo(head, result, options);
  if (!isRead(head.method) || answer.status !== 200) return send(h, answer);
  const state: ResourceState = { etag: answer.headers.etag as EntityTag };
  const decision = evaluateRead(head, state);
  if (decision.outcome === 'proceed') return tagged(send(h, answer), state.etag);
  const headers = new Headers(answer.headers);
  toNotModified(headers, { state, decision });
  addVary(headers, 'Accept-Encoding');
  // Where no tag was named, nobody knows the coding of the 200.
  if (decision.reason !== 'matched') codeTag(head, { status: 304, headers });
  // hapi adds this Vary to whatever may have content.
  if (head.method !== 'HEAD') headers.delete('vary');
  return send(h, { status: 304, headers: Object.fromEntries(headers), body: null });
}

/** hapi adds the coding to a strong tag that it is given. */
function tagged(response: ResponseObject, tag: EntityTag | null | undefined): ResponseObject {
  return tag ? response.etag(tag.slice(tag.indexOf('"') + 1, -1), { weak: isWeak(tag), vary: true }) : response;
}

function send(h: ResponseToolkit, answer: Answer<unknown>): ResponseObject {
  const response = h.response(hasContent(answer) ? JSON.stringify(answer.body) : undefined).code(answer.status);
  for (const [name, value] of Object.entries(answer.headers)) response.header(name, value);
  return response;
}

/** hapi has methods in lower case. */
function headOf({ method, raw }: Request): RequestHead {
  return { method: method.toUpperCase(), headers: raw.req.headers };
}
