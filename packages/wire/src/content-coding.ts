import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib';
import type { WireResponse } from './exchange.ts';
import { field } from './field-line.ts';

/**
 * The content of a response without its content coding: gzip, br, deflate.
 *
 * @param response - its head says which coding
 * @returns the bytes as they are where there is no coding, or another one
 * @throws Error when the bytes are not in the coding that the head names
 * @see RFC 9110 §8.4.1
 */
export function decoded({ headers, body }: Pick<WireResponse, 'headers' | 'body'>): Uint8Array {
  if (body.length === 0) return body;
  switch (field(headers, 'content-encoding')?.toLowerCase()) {
    case 'gzip':
      return gunzipSync(body);
    case 'br':
      return brotliDecompressSync(body);
    case 'deflate':
      return inflateSync(body);
    default:
      return body;
  }
}
