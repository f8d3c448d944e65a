import type { ResponseFields, ResponseHead } from '@etag/core';

/** The part of a response of Node that these packages use; one of HTTP/2 has it, too. */
export interface NodeResponse {
  statusCode: number;
  statusMessage: string;
  readonly headersSent: boolean;
  getHeader(name: string): number | string | readonly string[] | undefined;
  setHeader(name: string, value: number | string | readonly string[]): unknown;
  removeHeader(name: string): void;
  getHeaderNames(): string[];
}

/** The head of a response of Node as core reads and writes it. */
export class NodeResponseHead implements ResponseHead, ResponseFields {
  readonly #res: NodeResponse;

  /** @param res - the response, before its head is written */
  constructor(res: NodeResponse) {
    this.#res = res;
  }

  get status(): number {
    // As Node makes a number of it, when the application set a text.
    return this.#res.statusCode | 0;
  }

  // One object for both, since each response needs one.
  get headers(): ResponseFields {
    return this;
  }

  get(name: string): string | null {
    const value = this.#res.getHeader(name);
    return typeof value === 'string' ? value : value === undefined ? null : String(value);
  }

  set(name: string, value: string): void {
    this.#res.setHeader(name, value);
  }

  delete(name: string): void {
    this.#res.removeHeader(name);
    // Node takes a removed Transfer-Encoding for the wish to have none, and would send content without any framing.
    if (name.toLowerCase() === 'transfer-encoding' && '_removedTE' in this.#res) this.#res._removedTE = false;
  }

  keys(): Iterable<string> {
    return this.#res.getHeaderNames();
  }
}
