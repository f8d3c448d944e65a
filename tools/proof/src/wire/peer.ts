import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** A response as it came, each byte a character. */
export interface Raw {
  readonly status: number;
  /** Without the status line. */
  readonly lines: readonly string[];
  readonly content: string;
}

const DEADLINE = 5000;

/** The value of a field of a response; null where it has none. */
export function fieldOf({ lines }: Raw, name: string): string | null {
  const line = lines.find((line) => line.toLowerCase().startsWith(`${name}:`));
  return line === undefined ? null : line.slice(name.length + 1).trim();
}

/** One connection, on which requests are written as bytes, and responses are read one after the other. */
export class Peer {
  readonly #socket: Socket;
  #received = '';
  #ended = false;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setEncoding('latin1');
    socket.on('data', (text) => {
      this.#received += text;
    });
    const end = () => {
      this.#ended = true;
    };
    socket.on('end', end).on('error', end).on('close', end);
  }

  static async to(origin: string): Promise<Peer> {
    const { hostname, port } = new URL(origin);
    const socket = connect({ host: hostname, port: Number(port), noDelay: true });
    await once(socket, 'connect');
    return new Peer(socket);
  }

  /** Writes bytes, each of them a character; into a connection that is closed, nothing. */
  write(text: string): void {
    if (!this.#ended) this.#socket.write(text, 'latin1');
  }

  close(): void {
    this.#socket.destroy();
  }

  /** What is there and was not read: more than all responses. */
  get rest(): string {
    return this.#received;
  }

  /**
   * The next response; interim ones are left out.
   *
   * @param method - of the request that it answers
   * @returns null where the connection is closed instead
   * @throws Error for what is no response, and where none comes
   */
  async next(method: string): Promise<Raw | null> {
    const until = performance.now() + DEADLINE;
    while (performance.now() < until) {
      const taken = take(this.#received, method, this.#ended);
      if (taken) {
        this.#received = taken.rest;
        if (taken.raw.status >= 200) return taken.raw;
        continue;
      }
      if (this.#ended) {
        if (this.#received === '') return null;
        throw new Error(`the connection was closed within a message: ${JSON.stringify(this.#received.slice(0, 200))}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    throw new Error(`no response to ${method}: ${JSON.stringify(this.#received.slice(0, 200))}`);
  }
}

/** The first response of a text; null where it is not complete. */
function take(text: string, method: string, ended: boolean): { raw: Raw; rest: string } | null {
  const end = text.indexOf('\r\n\r\n');
  if (end < 0) return null;
  const [statusLine = '', ...lines] = text.slice(0, end).split('\r\n');
  const [, code] = /^HTTP\/1\.1 (\d{3}) [\t\x20-\x7e\x80-\xff]*$/.exec(statusLine) ?? [];
  if (code === undefined) throw new Error(`not a status line: ${JSON.stringify(statusLine.slice(0, 200))}`);
  const raw = { status: Number(code), lines, content: '' };
  const after = text.slice(end + 4);
  if (method === 'HEAD' || raw.status < 200 || raw.status === 204 || raw.status === 304) return { raw, rest: after };
  const length = fieldOf(raw, 'content-length');
  if (fieldOf(raw, 'transfer-encoding') === 'chunked') return takeChunks(raw, after);
  if (length === null) return ended ? { raw: { ...raw, content: after }, rest: '' } : null;
  if (after.length < Number(length)) return null;
  return { raw: { ...raw, content: after.slice(0, Number(length)) }, rest: after.slice(Number(length)) };
}

function takeChunks(raw: Raw, text: string): { raw: Raw; rest: string } | null {
  let content = '';
  let at = 0;
  while (true) {
    const end = text.indexOf('\r\n', at);
    if (end < 0) return null;
    const size = Number.parseInt(text.slice(at, end), 16);
    if (Number.isNaN(size)) throw new Error(`not a chunk: ${JSON.stringify(text.slice(at, at + 40))}`);
    // Nothing here sends trailer fields.
    const next = end + 2 + size + 2;
    if (text.length < next) return null;
    if (size === 0) return { raw: { ...raw, content }, rest: text.slice(next) };
    content += text.slice(end + 2, end + 2 + size);
    at = next;
  }
}
