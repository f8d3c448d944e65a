import type { IncomingHttpHeaders } from 'node:http';
import { comparesDates, type HeaderFields, type RequestHead } from '@etag/core';

/** The part of a request of Node that decisions are taken on; one of HTTP/2 has it, too. */
export interface NodeRequest {
  readonly method?: string | undefined;
  readonly headers: IncomingHttpHeaders;
  /** The lines of each field; HTTP/2 requests and injected ones do not have it. */
  readonly headersDistinct?: NodeJS.Dict<string[]> | undefined;
}

/**
 * The head of a request as core reads it. Its fields are those of `headers`, which middleware may rewrite.
 *
 * @param req - the request
 * @returns the method and the header fields
 */
export function requestHead(req: NodeRequest): RequestHead {
  const { method = '', headers } = req;
  return { method, headers: comparesDates(headers) ? withRepeatedDates(req) : headers };
}

/** Of repeated dates Node keeps the first in `headers`, where all of them are to be ignored (RFC 9110 §5.5). */
function withRepeatedDates({ headers, headersDistinct }: NodeRequest): IncomingHttpHeaders {
  const lines = headersDistinct;
  const isRepeated = (name: 'if-modified-since' | 'if-unmodified-since') =>
    // Only what came over the wire: the application may have set another date.
    (lines?.[name]?.length ?? 0) > 1 && lines?.[name]?.[0] === headers[name];
  return {
    ...headers,
    ...(isRepeated('if-modified-since') && { 'if-modified-since': lines?.['if-modified-since']?.join() }),
    ...(isRepeated('if-unmodified-since') && { 'if-unmodified-since': lines?.['if-unmodified-since']?.join() }),
  };
}

/** A request as its head is read when it is asked for: middleware that comes after `etag()` may rewrite it. */
export class LiveRequestHead<Request extends { readonly method?: string | undefined } = NodeRequest>
  implements RequestHead
{
  readonly #request: Request;
  readonly #headOf: (request: Request) => RequestHead;

  /**
   * @param request - of Node, or of a framework
   * @param headOf - its head, as it is now. No closure: see docs/decisions/007.
   */
  constructor(request: Request, headOf: (request: Request) => RequestHead) {
    this.#request = request;
    this.#headOf = headOf;
  }

  get method(): string {
    return this.#request.method ?? '';
  }

  get headers(): HeaderFields {
    return this.#headOf(this.#request).headers;
  }
}
