import { sha256 } from '@etag/core';
import type { Awaitable } from './port.ts';
import { type Call, isRequest } from './request.ts';

// RFC 10008 §2.7: what a cache takes into its key besides the content
const OF_CONTENT = ['content-type', 'content-encoding'];

/**
 * Names the content of a QUERY: two that ask the same of the same URL have the same name.
 *
 * @returns '' for another method; null where the content can be read but once
 * @see RFC 10008 §2.7
 */
export function contentOf(call: Call): Awaitable<string | null> {
  return call.method === 'QUERY' ? named(call) : '';
}

async function named({ init, input, fields }: Call): Promise<string | null> {
  const bytes = bytesOf(init.body ?? (isRequest(input) ? input.body : null) ?? '');
  if (!bytes) return null;
  return ` QUERY ${OF_CONTENT.map((name) => fields.get(name))} ${await sha256(bytes)}`;
}

function bytesOf(body: BodyInit): Uint8Array | null {
  if (typeof body === 'string' || body instanceof URLSearchParams) return new TextEncoder().encode(`${body}`);
  return ArrayBuffer.isView(body) ? new Uint8Array(body.buffer, body.byteOffset, body.byteLength) : null;
}
