import type { Awaitable } from './port.ts';
import { type Call, memberOf } from './request.ts';

/** Names a secret without telling it: the same secret has the same name under the same key. */
export type Fingerprint = (secret: string) => Promise<string>;

// One key a process, where none is given: what it names cannot be told by anybody else.
let processKey: Uint8Array | undefined;

const REMEMBERED = 1000;

/**
 * HMAC-SHA-256 in base64.
 *
 * @param key - at least 16 bytes, in UTF-8 when given as text; @default random bytes, the same for the whole process
 * @throws TypeError when the key is too short to protect anything
 */
export function fingerprinter(key: string | Uint8Array | undefined): Fingerprint {
  const bytes = typeof key === 'string' ? new TextEncoder().encode(key) : (key ?? ownKey());
  if (bytes.byteLength < 16) throw new TypeError(`The key has ${bytes.byteLength} bytes of 16`);
  const algorithm = { name: 'HMAC', hash: 'SHA-256' };
  let imported: Promise<CryptoKey> | undefined;
  const known = new Map<string, string>();
  return async (secret) => {
    const remembered = known.get(secret);
    if (remembered !== undefined) return remembered;
    imported ??= crypto.subtle.importKey('raw', bytes as Uint8Array<ArrayBuffer>, algorithm, false, ['sign']);
    const mac = await crypto.subtle.sign('HMAC', await imported, new TextEncoder().encode(secret));
    const name = btoa(String.fromCharCode(...new Uint8Array(mac)));
    if (known.size >= REMEMBERED) known.clear();
    known.set(secret, name);
    return name;
  };
}

function ownKey(): Uint8Array {
  processKey ??= crypto.getRandomValues(new Uint8Array(32));
  return processKey;
}

// Agents are told apart within the process alone: one is a proxy, or a certificate, or anything.
const agents = new WeakMap<object, string>();

function agentName(dispatcher: object): string {
  const name = agents.get(dispatcher) ?? crypto.randomUUID();
  agents.set(dispatcher, name);
  return name;
}

const GLOBAL_AGENTS = [2, 1].map((version) => Symbol.for(`undici.globalDispatcher.${version}`));
/** Those that were there first: what is sent through them is sent as usual. */
const usual = new Map<symbol, object>();

/** Names what undici sends through where a call does not say: undefined for what is usual. */
function globalAgentName(symbol: symbol): string | undefined {
  const agent = (globalThis as { [symbol]?: object })[symbol];
  if (!agent) return undefined;
  const first = usual.get(symbol);
  if (!first) usual.set(symbol, agent);
  return first && first !== agent ? agentName(agent) : undefined;
}

/** Field names that say what they hold: `X-Api-Key`, `PRIVATE-TOKEN`, `X-Amz-Security-Token`, `X-User-Id`. */
const IDENTIFYING =
  /auth|cookie|token|secret|key$|session|cred|pass|jwt|account|tenant|customer|login|org|email|sudo|behalf|client-id|(^|-)([su]id|user(?!-agent))/;

/** Whether the name of a request field says that it identifies somebody. */
export function isIdentifying(name: string): boolean {
  return IDENTIFYING.test(name);
}

/** What a client tells identities by. */
export interface Identifying {
  /** Names of request fields, in lower case, beside those whose name says what they hold. */
  readonly identity: readonly string[];
  readonly partition: string | undefined;
  readonly fingerprint: Fingerprint;
}

/**
 * Names the partition of a call, '' for that of nobody in particular. A tag learned under one identity is never sent under
 * another: a server can mint a tag for each client, and know it again.
 *
 * @see RFC 9111 §2, RFC 9110 §17.13
 */
export function partitionOf(call: Call, { identity, partition, fingerprint }: Identifying): Awaitable<string> {
  const { fields, init, options } = call;
  const credentials = memberOf(call, 'credentials');
  const { dispatcher } = init as { dispatcher?: object };
  const parts: unknown[] = [
    // A browser adds its cookies out of sight.
    credentials === 'same-origin' ? undefined : credentials,
    // What undici sends through: a proxy, say.
    ...(dispatcher ? [agentName(dispatcher), undefined] : GLOBAL_AGENTS.map(globalAgentName)),
    options.partition ?? partition,
  ];
  for (const field of fields) if (isIdentifying(field[0]) || identity.includes(field[0])) parts.push(field);
  if (parts.every((part) => part === undefined)) return '';
  return fingerprint(JSON.stringify(parts));
}

/**
 * The partition of a request that has lost its credentials on the way to another origin: that of who made the call, apart
 * from what was read there with credentials.
 */
export function withoutCredentials(partition: string): string {
  return partition.endsWith('~') ? partition : `${partition}~`;
}
