import { type RangeVector, rangeVectors, type Vector, vectorPath, vectors } from '@etag/conformance';
import { type EntityTag, weakCompare } from '@etag/core';
import { handlerOf } from '../../../../packages/fetch/test/handler.ts';
import { appOf } from '../../../../packages/hono/test/app.ts';
import { conformanceApplication } from '../../../adapter-suite/src/conformance.ts';
import { type Results, resultsOf, same } from './results.ts';

type Handle = (request: Request) => Response | Promise<Response>;

/** One request, and what a client sees of its response. */
async function checkVector(handle: Handle, vector: Vector | RangeVector): Promise<void> {
  const { method, headers, expect, state } = vector;
  const response = await handle(new Request(`http://localhost${vectorPath(vector)}`, { method, headers }));
  same(response.status, expect.status);
  const isTagged = [200, 206, 304].includes(response.status) && ['GET', 'HEAD', 'QUERY'].includes(method);
  if (state?.etag !== undefined && isTagged) {
    const tag = response.headers.get('etag') ?? 'none';
    if (!weakCompare(tag as EntityTag, state.etag as EntityTag)) same(tag, state.etag);
  }
  const text = await response.text();
  if (response.status === 304) same([text, response.headers.get('content-length')], ['', null]);
  // A vector with a status of its own has the content that it asks for.
  const isRefused = response.status === 412 && !('status' in vector) && method !== 'HEAD';
  if (isRefused) same(JSON.parse(text).status, 412);
}

/** What is sent twice, and answered 304 by the tag of its content. */
async function checkContent(handle: Handle): Promise<void> {
  const url = 'http://localhost/content?body=hello';
  const first = await handle(new Request(url));
  const tag = first.headers.get('etag') ?? '';
  same([first.status, await first.text(), /^"[\w-]+"$/.test(tag)], [200, 'hello', true]);
  const second = await handle(new Request(url, { headers: { 'if-none-match': tag } }));
  same([second.status, await second.text(), second.headers.get('etag')], [304, '', tag]);
}

const through = (handle: Handle): Promise<Results> =>
  resultsOf([
    ['content', () => checkContent(handle)],
    ...[...vectors, ...rangeVectors].map((vector) => [vector.id, () => checkVector(handle, vector)] as const),
  ]);

const application = conformanceApplication('none');

/** The handler of @etag/fetch that the conformance suite is run against. */
export const fetchHandler: Handle = handlerOf(application);
const app = appOf(application);
/** The app of @etag/hono that the conformance suite is run against. */
export const honoHandler: Handle = (request) => app.fetch(request);

/** The vectors that can be sent, through @etag/fetch. */
export const throughFetch = () => through(fetchHandler);
/** The vectors that can be sent, through @etag/hono. */
export const throughHono = () => through(honoHandler);
