import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib';
import type { WireResponse } from './exchange.ts';
import { field } from './field-line.ts';

/** How content is decoded. */
export interface DecodeOptions {
  /** The most bytes that the content may have without its coding: a few of a coding can stand for a thousand times as many. @default 67,108,864 */
  maxBytes?: number | undefined;
}

const DECODERS = { gzip: gunzipSync, br: brotliDecompressSync, deflate: inflateSync };

/**
 * The content of a response without its content coding: gzip, br, deflate.
 *
 * @param response - its head says which coding
 * @param options - how many bytes at most
 * @returns the bytes as they are where there is no coding, or another one
 * @throws Error when the bytes are not in the coding that the head names, or stand for more than `maxBytes`
 * @see RFC 9110 §8.4.1
 */
export function decoded(
  { headers, body }: Pick<WireResponse, 'headers' | 'body'>,
  { maxBytes = 67_108_864 }: DecodeOptions = {},
): Uint8Array {
  const coding = field(headers, 'content-encoding')?.toLowerCase() ?? '';
  if (body.length === 0 || !isKnown(coding)) return body;
  try {
    return DECODERS[coding](body, { maxOutputLength: maxBytes });
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    const why =
      code === 'ERR_BUFFER_TOO_LARGE' ? `longer than ${maxBytes} bytes without ${coding}` : `not ${coding}: ${message}`;
    throw new Error(`the content is ${why}`, { cause });
  }
}

function isKnown(coding: string): coding is keyof typeof DECODERS {
  return Object.hasOwn(DECODERS, coding);
}
