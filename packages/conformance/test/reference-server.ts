import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import {
  codedTag,
  contentTag,
  type Decision,
  type EntityTag,
  evaluatePreconditions,
  fieldValue,
  formatHttpDate,
  isConditional,
  isTaggable,
  namedTag,
  PreconditionFailedError,
  parseHttpDate,
  type RequestHead,
  type ResourceState,
  staysOnNotModified,
  varyWith,
} from '@etag/core';
import { eventStream, type PlainAnswer, plainAnswer, stateOf, streamChunks } from '../src/fixture.js';
import { plainStatus } from '../src/vector.js';

export interface ReferenceOptions {
  /** Compresses what the client accepts compressed. @default false */
  gzip?: boolean;
  /** Decides in place of core, to plant mistakes. */
  evaluate?: (request: RequestHead, current: ResourceState | null) => Decision;
  /** Sees every finished answer, to plant mistakes. */
  tamper?: (answer: PlainAnswer, request: RequestHead) => PlainAnswer;
}

/** The fixture contract on node:http and core alone: the suite is tested with it, and it shows what a fixture needs. */
export function referenceServer(options: ReferenceOptions = {}): Server {
  const { gzip = false, evaluate = evaluateCoded, tamper } = options;

  function denied(decision: Decision, request: RequestHead, state: ResourceState | null): PlainAnswer | null {
    if (decision.outcome === 'proceed') return null;
    if (decision.outcome === 'not-modified') {
      const tag = state?.etag && (namedTag(fieldValue(request.headers, 'if-none-match'), state.etag) ?? state.etag);
      return { status: 304, headers: validators({ ...state, etag: tag }), body: '' };
    }
    const { status, headers, body } = new PreconditionFailedError(request.method, decision, state);
    return { status, headers: { ...headers }, body: JSON.stringify(body) };
  }

  function answerState(request: RequestHead, url: string): PlainAnswer {
    const state = stateOf(url);
    const safe = isConditional(request.method, 200);
    // RFC 9110 §13.2.1: a plain 404 takes precedence
    const plain = plainStatus(request.method, state !== null);
    const decision = plain === 404 ? null : evaluate(request, state);
    const answer = (decision && denied(decision, request, state)) ?? plainAnswer(request, url);
    if (safe && answer.status < 300) Object.assign(answer.headers, validators(state));
    return answer;
  }

  async function answerContent(request: RequestHead, url: string): Promise<PlainAnswer> {
    const answer = plainAnswer(request, url);
    const { status, headers, body } = answer;
    const cacheControl = headers['cache-control'];
    if (isTaggable(request.method, { status, cacheControl, contentType: headers['content-type'] })) {
      headers.etag ??= await contentTag(body);
    }
    if (!isConditional(request.method, status)) return answer;
    const state = {
      etag: (headers.etag as EntityTag | undefined) ?? null,
      lastModified: parseHttpDate(headers['last-modified'] ?? ''),
    };
    const result = denied(evaluate(request, state), request, state);
    if (result?.status !== 304) return result ?? answer;
    const kept = Object.entries(headers).filter(([name]) => staysOnNotModified(name));
    return { ...result, headers: { ...Object.fromEntries(kept), ...result.headers } };
  }

  function coded(answer: PlainAnswer, request: RequestHead): PlainAnswer & { content: Uint8Array } {
    const { headers, body, status } = answer;
    const content = Buffer.from(body, 'utf8');
    if (!gzip || (content.length < 1024 && status !== 304)) return { ...answer, content };
    const vary = varyWith(headers.vary, 'Accept-Encoding');
    const accepted = /gzip/.test(String(Object(request.headers)['accept-encoding']));
    if (status === 304 || !accepted) return { ...answer, headers: { ...headers, vary }, content };
    const etag = headers.etag as EntityTag | undefined;
    return {
      ...answer,
      headers: { ...headers, vary, 'content-encoding': 'gzip', ...(etag && { etag: codedTag(etag, 'gzip') }) },
      content: gzipSync(content),
    };
  }

  async function respond(request: RequestHead, url: string, response: ServerResponse): Promise<void> {
    const path = url.split('?', 1)[0];
    if (path === '/events' || path === '/stream') {
      response.writeHead(200, { 'content-type': path === '/events' ? 'text/event-stream' : 'text/plain' });
      const stream = Readable.from(path === '/events' ? eventStream() : streamChunks());
      response.on('close', () => stream.destroy());
      stream.pipe(response);
      return;
    }
    const plain = path === '/content' ? await answerContent(request, url) : answerState(request, url);
    const { status, headers, content } = coded(tamper?.(plain, request) ?? plain, request);
    const hasContent = status !== 204 && status !== 304;
    response.writeHead(status, { ...headers, ...(hasContent && { 'content-length': content.length }) });
    response.end(content);
  }

  return createServer((message: IncomingMessage, response) => {
    // headersDistinct: `headers` keeps only the first of repeated date lines, and a list of dates must be ignored.
    const request = { method: message.method ?? '', headers: message.headersDistinct };
    respond(request, message.url ?? '', response).catch((error: Error) => response.destroy(error));
  });
}

/** Core's decision, for tags of coded content as well. */
function evaluateCoded(request: RequestHead, current: ResourceState | null): Decision {
  return evaluatePreconditions(request, current, { named: namedTag });
}

/** RFC 9110 §8.8: the fields that carry the validators of a state. */
function validators(state: ResourceState | null): Record<string, string> {
  const { etag, lastModified } = state ?? {};
  return {
    ...(etag && { etag }),
    ...(lastModified != null && { 'last-modified': formatHttpDate(lastModified) }),
  };
}
