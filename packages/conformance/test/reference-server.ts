import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import {
  type Answer,
  acceptsCoding,
  addValidators,
  addVary,
  checkPreconditions,
  codeTag,
  contentTag,
  evaluateRead,
  evaluateResponse,
  isEtagError,
  isRead,
  type RequestHead,
  type ResponseFields,
  takeOwnTag,
  takesContentTag,
  takesValidators,
  toNotModified,
  toRefusal,
} from '@etag/core';
import { type PlainAnswer, plainAnswer, requestFields, stateOf, streamAnswer } from '../src/fixture.ts';
import { plainStatus } from '../src/vector.ts';

export interface ReferenceOptions {
  /** Compresses what the client accepts compressed. @default false */
  gzip?: boolean | undefined;
  /** Changes every request before it is evaluated, to plant mistakes. */
  misread?: ((request: RequestHead) => RequestHead) | undefined;
  /** Changes every answer before it leaves, to plant mistakes. */
  tamper?: ((answer: PlainAnswer, request: RequestHead) => PlainAnswer) | undefined;
}

/** An answer, and whether its tag leaves as it is. */
interface Finished extends PlainAnswer {
  isSettled: boolean;
}

/** The fixture contract on node:http and core alone: the suite is tested with it, and it shows what a fixture needs. */
export function referenceServer(options: ReferenceOptions = {}): Server {
  const { gzip = false, misread = (request) => request, tamper = (answer) => answer } = options;

  async function respond(request: RequestHead, url: string, response: ServerResponse): Promise<void> {
    const path = url.split('?', 1)[0];
    if (path !== '/state' && path !== '/content') return respondWithStream(misread(request), url, response);
    const finish = path === '/state' ? finishState : finishContent;
    const finished = await finish(misread(request), url);
    send(tamper(coded(finished, request), request), response);
  }

  /** What a compressor does to an answer on its way out, and what becomes of its tag. */
  function coded(answer: Finished, request: RequestHead): PlainAnswer {
    const { status, content } = answer;
    const headers = { ...answer.headers };
    const isLong = (content?.length ?? 0) >= 1024 || status === 304;
    if (gzip && isLong && headers['content-encoding'] === undefined) {
      addVary(fieldsOf(headers), 'Accept-Encoding');
      if (content && acceptsCoding(request)) headers['content-encoding'] = 'gzip';
    }
    const isCoded = headers['content-encoding'] !== answer.headers['content-encoding'];
    if (!answer.isSettled) codeTag(request, { status, headers: fieldsOf(headers) });
    return { ...answer, headers, content: isCoded && content ? gzipSync(content) : content };
  }

  return createServer((message: IncomingMessage, response) => {
    const url = message.url ?? '';
    // headersDistinct: `headers` keeps only the first of repeated date lines, and a list of dates must be ignored.
    const request = { method: message.method ?? '', headers: { ...message.headersDistinct, ...requestFields(url) } };
    respond(request, url, response).catch((error: Error) => response.destroy(error));
  });
}

/** Validators first: the handler runs when the preconditions let it. */
function finishState(request: RequestHead, url: string): Finished {
  const state = stateOf(url);
  const { method } = request;
  try {
    if (isRead(method)) {
      const decision = evaluateRead(request, state);
      if (state && decision.outcome === 'not-modified') {
        const headers = {};
        toNotModified(fieldsOf(headers), { state, decision });
        return { status: 304, headers, content: null, isSettled: decision.reason === 'matched' };
      }
    } else if (plainStatus(method, state !== null) !== 404) {
      // RFC 9110 §13.2.1: a plain 404 takes precedence
      checkPreconditions(request, state);
    }
  } catch (error) {
    return refusalOf(error, {});
  }
  const answer = plainAnswer(request, url);
  addValidators(method, { status: answer.status, headers: fieldsOf(answer.headers) }, state);
  return { ...answer, isSettled: false };
}

/** Content first: the response is made, then saved from the wire. */
async function finishContent(request: RequestHead, url: string): Promise<Finished> {
  const answer = plainAnswer(request, url);
  const headers = fieldsOf(answer.headers);
  const head = { status: answer.status, headers };
  if (!takesValidators(request.method, answer.status)) return { ...answer, isSettled: true };
  const isTagged = takesContentTag(request.method, head);
  const tag = isTagged ? await contentTag(answer.content ?? '') : takeOwnTag(headers);
  try {
    const read = evaluateResponse(request, head, tag);
    const { decision, isSettled } = read;
    if (decision.outcome === 'not-modified') {
      toNotModified(headers, read);
      return { status: 304, headers: answer.headers, content: null, isSettled };
    }
    if (tag) headers.set('etag', tag);
    return { ...answer, isSettled };
  } catch (error) {
    return refusalOf(error, answer.headers);
  }
}

/** A stream is not waited for: it is evaluated by what its handler set. */
function respondWithStream(request: RequestHead, url: string, response: ServerResponse): void {
  const { headers, chunks } = streamAnswer(url);
  const short = instead(request, headers);
  if (short) {
    send(short, response);
    return;
  }
  response.writeHead(200, headers);
  const stream = Readable.from(chunks);
  response.on('close', () => stream.destroy());
  stream.pipe(response);
}

/** What is sent instead of a stream: a 304 or a 412; null where the stream goes out. */
function instead(request: RequestHead, headers: Record<string, string>): PlainAnswer | null {
  const fields = fieldsOf(headers);
  try {
    const read = evaluateResponse(request, { status: 200, headers: fields }, takeOwnTag(fields));
    if (read.decision.outcome === 'proceed') return null;
    toNotModified(fields, read);
    return { status: 304, headers, content: null };
  } catch (error) {
    return refusalOf(error, headers);
  }
}

function refusalOf(error: unknown, headers: Record<string, string>): Finished {
  if (!isEtagError(error)) throw error;
  toRefusal(fieldsOf(headers), error as Answer);
  return {
    status: error.status,
    headers,
    content: new TextEncoder().encode(JSON.stringify(error.body)),
    isSettled: true,
  };
}

function send({ status, statusMessage, headers, content }: PlainAnswer, response: ServerResponse): void {
  if (statusMessage !== undefined) response.statusMessage = statusMessage;
  response.writeHead(status, { ...headers, ...(content && { 'content-length': content.length }) });
  response.end(content);
}

/** A record as the fields of a response. */
function fieldsOf(record: Record<string, string>): ResponseFields {
  return {
    get: (name) => record[name] ?? null,
    set: (name, value) => {
      record[name] = value;
    },
    delete: (name) => {
      delete record[name];
    },
    keys: () => Object.keys(record),
  };
}
