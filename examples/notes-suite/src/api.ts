import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { Agent, type ClientRequest, type IncomingMessage, type OutgoingHttpHeaders, request } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import { expect } from 'vitest';

/** The API under test, on a port of this machine. */
export class Api {
  readonly port: number;
  readonly #agent = new Agent({ keepAlive: true });

  constructor(port: number) {
    this.port = port;
  }

  /** Sends a request as written. Content that is no string is sent as JSON. */
  async send(method: string, path: string, headers: OutgoingHttpHeaders = {}, content?: unknown): Promise<Answer> {
    const body = content === undefined || typeof content === 'string' ? content : JSON.stringify(content);
    const type = body !== undefined && {
      'Content-Type': 'application/json',
      'Content-Length': Buffer.byteLength(body),
    };
    const outgoing = this.open(method, path, { ...type, ...headers });
    outgoing.end(body);
    try {
      return await answerTo(outgoing);
    } catch (error) {
      // The server hung up on a connection that was idle for its keep-alive time, and did not read the request.
      if (outgoing.reusedSocket && (error as NodeJS.ErrnoException).code === 'ECONNRESET')
        return this.send(method, path, headers, content);
      throw error;
    }
  }

  /** Begins a request; its content is still to come. */
  open(method: string, path: string, headers: OutgoingHttpHeaders, agent: Agent | false = this.#agent): ClientRequest {
    return request({ agent, port: this.port, method, path, headers });
  }

  /** Creates a note under an id that was never used. */
  async create(fields = { title: 'first', text: 'one' }): Promise<{ path: string; tag: string }> {
    const path = `/notes/${randomUUID()}`;
    await this.put(path, { 'If-None-Match': '*' }, fields);
    return { path, tag: await this.tag(path) };
  }

  /** Writes what must go through. */
  async put(path: string, headers: OutgoingHttpHeaders, fields: { title: string; text: string }): Promise<void> {
    const { status, text } = await this.send('PUT', path, headers, fields);
    expect([200, 201], text).toContain(status);
  }

  /** The current tag of a note, without a content coding. */
  async tag(path: string): Promise<string> {
    const { status, etag } = await this.send('GET', path);
    expect([status, etag]).toEqual([200, expect.stringMatching(/^"[^"]+"$/)]);
    return etag;
  }
}

export async function answerTo(outgoing: ClientRequest): Promise<Answer> {
  // Who answers early may hang up on the rest of the request.
  outgoing.on('error', () => {});
  const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
  return new Answer(response, await buffer(response));
}

/** A response, its content decoded. */
export class Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly text: string;

  constructor({ statusCode, headers }: IncomingMessage, content: Buffer) {
    this.status = statusCode ?? 0;
    this.headers = headers;
    this.text = String(headers['content-encoding'] === 'gzip' && content.length > 0 ? gunzipSync(content) : content);
  }

  get etag(): string {
    return this.headers.etag ?? '';
  }

  // biome-ignore lint/suspicious/noExplicitAny: each check says what it expects
  get json(): any {
    return JSON.parse(this.text);
  }

  /** The status, where the content is problem details of that status (RFC 9457). */
  get problem(): number {
    expect(String(this.headers['content-type']), `${this.status} ${this.text}`).toMatch(
      /^application\/problem\+json\b/,
    );
    expect(this.json).toMatchObject({ status: this.status, title: expect.any(String) });
    return this.status;
  }
}
