import type { Awaitable } from './port.ts';
import { type ClientRequest, memberOf } from './request.ts';

/** Names a secret without telling it: the same secret has the same name under the same key. */
export type Fingerprint = (secret: string) => Promise<string>;

// One key a process, where none is given: what it names cannot be told by anybody else.
let processKey: Uint8Array | undefined;

const REMEMBERED = 1000;

/**
 * HMAC-SHA-256 in base64url.
 *
 * @param key - at least 16 bytes, in UTF-8 when given as text; @default random bytes, the same for the whole process
 * @throws TypeError when the key is too short to protect anything
 */
export function fingerprinter(key: string | Uint8Array | undefined): Fingerprint {
  const bytes = key === undefined ? ownKey() : typeof key === 'string' ? new TextEncoder().encode(key) : key;
  if (bytes.byteLength < 16)
    throw new TypeError(`The key has ${bytes.byteLength} bytes; give it 16 random ones or more`);
  const algorithm = { name: 'HMAC', hash: 'SHA-256' };
  let imported: Promise<CryptoKey> | undefined;
  const known = new Map<string, string>();
  return async (secret) => {
    const remembered = known.get(secret);
    if (remembered !== undefined) return remembered;
    imported ??= crypto.subtle.importKey('raw', bytes as Uint8Array<ArrayBuffer>, algorithm, false, ['sign']);
    const mac = await crypto.subtle.sign('HMAC', await imported, new TextEncoder().encode(secret));
    const name = base64url(new Uint8Array(mac));
    if (known.size >= REMEMBERED) known.clear();
    known.set(secret, name);
    return name;
  };
}

function ownKey(): Uint8Array {
  processKey ??= crypto.getRandomValues(new Uint8Array(32));
  return processKey;
}

function base64url(bytes: Uint8Array): string {
  const base64 = btoa(String.fromCharCode(...bytes));
  return base64.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

// Agents are told apart within the process alone: one is a proxy, or a certificate, or anything.
const agents = new WeakMap<object, string>();

function agentName(dispatcher: object | undefined): string | undefined {
  if (!dispatcher) return undefined;
  const name = agents.get(dispatcher) ?? crypto.randomUUID();
  agents.set(dispatcher, name);
  return name;
}

/**
 * Names the partition of a request, '' for that of nobody in particular. A tag learned under one identity is never sent under
 * another: a server can mint a tag for each client, and know it again.
 *
 * @param partition - what the client was told to tell identities by
 * @see RFC 9111 §2, RFC 9110 §17.13
 */
export function partitionOf(
  request: ClientRequest,
  partition: string | undefined,
  fingerprint: Fingerprint,
): Awaitable<string> {
  const { fields, init, options } = request;
  const credentials = memberOf(request, 'credentials');
  const parts = [
    fields.get('authorization'),
    fields.get('proxy-authorization'),
    fields.get('cookie'),
    // A browser adds its cookies out of sight.
    credentials === 'same-origin' ? undefined : credentials,
    // What undici sends through: a proxy, say.
    agentName((init as { dispatcher?: object }).dispatcher),
    options.partition ?? partition,
  ];
  return parts.every((part) => part === undefined) ? '' : fingerprint(JSON.stringify(parts));
}

/** Names what is stored for a URL under an identity. */
export function keyOf(partition: string, url: URL): string {
  return `${partition} ${url.href}`;
}
