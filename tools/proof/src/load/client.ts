import { Agent, type IncomingHttpHeaders, request } from 'node:http';
import { connect, constants } from 'node:http2';
import type { Readable } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { fieldOf, Peer } from '../wire/peer.ts';

/** A request; its fields are those of a client that knows something. */
export interface Question {
  readonly method: string;
  readonly path: string;
  readonly fields: Readonly<Record<string, string>>;
}

/** A response, without its content coding. */
export interface Answer {
  readonly status: number;
  readonly etag: string | null;
  readonly type: string | null;
  readonly content: string;
}

/** How a client takes its response: slowly in small pieces, or not at all. */
export type Pace = 'at once' | 'slowly' | 'aborts';

/** Clients of one server. */
export interface Client {
  /**
   * Asks for one thing.
   *
   * @returns null where the client hung up
   */
  ask(question: Question, pace: Pace): Promise<Answer | null>;
  close(): Promise<void> | void;
}

const CONNECTIONS = 8;
/** How long a response may take, in ms. */
export const DEADLINE = 20_000;

/** A few connections that are kept alive. */
export function http1(origin: string): Client {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  return {
    ask: ({ method, path, fields }, pace) =>
      new Promise((resolve, reject) => {
        let isAnswered = false;
        const asked = request(`${origin}${path}`, { method, agent, headers: fields });
        const hangUp = hangUpOf(pace, () => asked.destroy(), resolve);
        asked.setTimeout(DEADLINE, () => asked.destroy(new Error('no response')));
        asked.on('error', (error) => (hangUp.isDone() ? undefined : reject(error)));
        asked.on('close', () => isAnswered || reject(new Error('closed without a response')));
        asked.on('response', (response) => {
          isAnswered = true;
          read(response, pace)
            .then((content) => resolve(answerOf(response.statusCode ?? 0, response.headers, content)))
            .catch((error) => (hangUp.isDone() ? undefined : reject(error)))
            .finally(hangUp.cancel);
        });
        asked.end();
      }),
    close: () => agent.destroy(),
  };
}

/** One connection of HTTP/2 at a time. */
export function http2(origin: string): Client {
  const session = connect(origin).on('error', () => {});
  return {
    ask: ({ method, path, fields }, pace) =>
      new Promise((resolve, reject) => {
        let isAnswered = false;
        const stream = session.request({ ':method': method, ':path': path, ...fields }, { endStream: true });
        const hangUp = hangUpOf(pace, () => stream.close(constants.NGHTTP2_CANCEL), resolve);
        stream.setTimeout(DEADLINE, () => stream.destroy(new Error('no response')));
        stream.on('error', (error) => (hangUp.isDone() ? undefined : reject(error)));
        stream.on('close', () => isAnswered || reject(new Error('closed without a response')));
        stream.on('response', (headers) => {
          isAnswered = true;
          read(stream, pace)
            .then((content) => resolve(answerOf(Number(headers[':status']), headers, content)))
            .catch((error) => (hangUp.isDone() ? undefined : reject(error)))
            .finally(hangUp.cancel);
        });
      }),
    close: () => session.destroy(),
  };
}

/** Hangs up after a few ms, wherever the response is by then. */
function hangUpOf(pace: Pace, destroy: () => void, resolve: (answer: null) => void) {
  let isDone = false;
  const hangUp = () => {
    isDone = true;
    destroy();
    resolve(null);
  };
  const timer = pace === 'aborts' ? setTimeout(hangUp, Math.random() * 8) : undefined;
  return { isDone: () => isDone, cancel: () => clearTimeout(timer) };
}

async function read(stream: Readable, pace: Pace): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) {
    chunks.push(chunk);
    if (pace === 'slowly') await wait(2);
  }
  return Buffer.concat(chunks);
}

function answerOf(status: number, headers: IncomingHttpHeaders, bytes: Buffer): Answer {
  const isCoded = headers['content-encoding'] === 'gzip' && bytes.length > 0;
  return {
    status,
    etag: headers.etag ?? null,
    type: headers['content-type'] ?? null,
    content: (isCoded ? gunzipSync(bytes) : bytes).toString(),
  };
}

/** Several requests on one connection, without waiting for the responses. */
export async function pipelined(origin: string, questions: readonly Question[]): Promise<Answer[]> {
  const peer = await Peer.to(origin);
  try {
    peer.write(questions.map(bytesOf).join(''));
    const answers: Answer[] = [];
    for (const { method } of questions) {
      const raw = await peer.next(method);
      if (!raw) throw new Error(`closed after ${answers.length} of ${questions.length} responses`);
      const { status, content } = raw;
      answers.push({ status, content, etag: fieldOf(raw, 'etag'), type: fieldOf(raw, 'content-type') });
    }
    return answers;
  } finally {
    peer.close();
  }
}

function bytesOf({ method, path, fields }: Question): string {
  const all = { Host: 'localhost', ...fields, ...(method === 'PUT' && { 'Content-Length': '0' }) };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n`;
}
