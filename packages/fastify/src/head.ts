import type { IncomingHttpHeaders } from 'node:http';
import type { RequestHead, ResponseFields, ResponseHead } from '@etag/core';
import { type NodeRequest, requestHead as nodeRequestHead } from '@etag/node';
import type { FastifyContextConfig, FastifyReply } from 'fastify';

/** What decisions need of a request, of whatever route and server. */
export interface AnyRequest {
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
  readonly raw: NodeRequest;
  readonly routeOptions: { readonly config: FastifyContextConfig; readonly url?: string | undefined };
}

/** A reply of whatever route and server. */
// biome-ignore lint/suspicious/noExplicitAny: the parameters of the type say nothing that matters here
export type AnyReply = FastifyReply<any, any, any, any, any, any, any>;

/**
 * The head of a request as core reads it.
 *
 * @returns the method and the header fields, those that a hook gave to `request.headers` included
 */
export function requestHead({ method, headers, raw }: AnyRequest): RequestHead {
  if (headers === raw.headers) return nodeRequestHead(raw);
  return nodeRequestHead({ method, headers, headersDistinct: raw.headersDistinct });
}

/** The head of a reply as core reads and writes it, until Fastify hands it to Node. */
export class ReplyHead implements ResponseHead, ResponseFields {
  readonly #reply: AnyReply;

  constructor(reply: AnyReply) {
    this.#reply = reply;
  }

  get status(): number {
    return this.#reply.statusCode;
  }

  // One object for both, since each reply needs one.
  get headers(): ResponseFields {
    return this;
  }

  get(name: string): string | null {
    const value = this.#reply.getHeader(name);
    return typeof value === 'string' ? value : value === undefined ? null : String(value);
  }

  set(name: string, value: string): void {
    this.#reply.header(name, value);
  }

  delete(name: string): void {
    this.#reply.removeHeader(name);
  }

  keys(): Iterable<string> {
    return Object.keys(this.#reply.getHeaders());
  }
}
