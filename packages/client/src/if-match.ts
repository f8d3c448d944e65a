import { type EntityTag, isWeak, PreconditionRequiredError, parseEntityTag } from '@etag/core';
import type { Context } from './context.ts';
import { keyOf } from './partition.ts';
import type { ClientRequest } from './request.ts';

/** The tag of a response, if it can guard a write: If-Match compares strongly (RFC 9110 §13.1.1). */
export function strongTag(fieldValue: string | null | undefined): EntityTag | null {
  const tag = parseEntityTag(fieldValue ?? '');
  return tag && !isWeak(tag) ? tag : null;
}

/**
 * Guards a write with the tag of what was read last under its identity.
 *
 * @throws PreconditionRequiredError when nothing is stored that has a strong tag: without one, the write would overwrite
 */
export async function withStoredTag(context: Context, request: ClientRequest): Promise<ClientRequest> {
  const stored = await context.openStore().list(keyOf(request.partition, request.url));
  const latest = [...stored].sort((a, b) => b.received - a.received).at(0);
  const tag = strongTag(latest?.headers.etag);
  if (!tag) throw unguarded(request.url.href);
  return { ...request, fields: new Map([...request.fields, ['if-match', tag]]) };
}

/** The mistake of writing what was not read with a strong tag. */
export function unguarded(url: string): PreconditionRequiredError {
  return new PreconditionRequiredError({ cause: new Error(`No strong tag of ${url} is known to send as If-Match.`) });
}
