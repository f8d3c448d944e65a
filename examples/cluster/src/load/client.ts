import { Pool } from 'undici';

/** An answer, or that there was none. */
export interface Answer {
  /** 0 where the connection broke. */
  status: number;
  /** The entity tag; '' where there is none. */
  tag: string;
  content: Buffer;
  /** The nodes that the balancer tried, the last of which answered. */
  tried: readonly string[];
}

/** The statuses that say that no node answered: of a broken connection, and of the balancer. */
export const NO_ANSWER: ReadonlySet<number> = new Set([0, 502, 504]);

const BROKEN: Answer = { status: 0, tag: '', content: Buffer.alloc(0), tried: [] };

/** Called with each answer. @param begun - when the request was made, on the clock of `performance` */
export type OnAnswer = (method: string, answer: Answer, begun: number) => void;

/**
 * Sends requests as they are written, nothing added: fetch adds `Cache-Control: no-cache` beside If-None-Match, on which
 * some servers answer no 304.
 */
export class Client {
  readonly #pool: Pool;

  readonly #onAnswer: OnAnswer | undefined;

  /** @param lanes - the most requests at a time */
  constructor(url: string, lanes: number, onAnswer?: OnAnswer) {
    this.#pool = new Pool(url, { connections: lanes });
    this.#onAnswer = onAnswer;
  }

  get(path: string, headers: Record<string, string> = {}): Promise<Answer> {
    return this.#send('GET', path, headers, null);
  }

  put(path: string, headers: Record<string, string>, note: unknown): Promise<Answer> {
    return this.#send('PUT', path, { 'Content-Type': 'application/json', ...headers }, JSON.stringify(note));
  }

  async close(): Promise<void> {
    await this.#pool.close();
  }

  async #send(method: 'GET' | 'PUT', path: string, headers: Record<string, string>, body: string | null) {
    const begun = performance.now();
    const answer = await this.#exchange(method, path, headers, body);
    this.#onAnswer?.(method, answer, begun);
    return answer;
  }

  async #exchange(method: 'GET' | 'PUT', path: string, headers: Record<string, string>, body: string | null) {
    try {
      const { statusCode, headers: fields, body: content } = await this.#pool.request({ method, path, headers, body });
      return {
        status: statusCode,
        tag: `${fields.etag ?? ''}`,
        content: Buffer.from(await content.arrayBuffer()),
        tried: `${fields['x-upstream'] ?? ''}`.split(', '),
      };
    } catch {
      return BROKEN;
    }
  }
}
