import { sha256 } from '@etag/core';
import type { Awaitable } from './port.ts';
import type { Call } from './request.ts';

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
  const body = init.body ?? ((typeof input === 'object' && input.body) || '');
  const content = body instanceof URLSearchParams ? `${body}` : body;
  if (typeof content !== 'string' && !(content instanceof Uint8Array)) return null;
  // RFC 10008 §2.7: the key has what the content is as well. Where the caller does not say that, fetch does.
  const type = fields.get('content-type') ?? new Response(body).headers.get('content-type');
  return ` QUERY ${type} ${fields.get('content-encoding')} ${await sha256(content)}`;
}
