/**
 * Names content by a string of characters that an entity tag can carry. The same content must give the same string in
 * every process; strings are taken as UTF-8.
 */
export type Digest = (content: string | Uint8Array) => string | Promise<string>;

interface NodeCrypto {
  hash?: (algorithm: string, data: string | Uint8Array, encoding: 'base64url') => string;
}

// No static import of node:crypto, so that this file loads in browsers and Workers unchanged.
const runtime = globalThis as { process?: { getBuiltinModule?: (id: string) => unknown } };
const nodeHash = (runtime.process?.getBuiltinModule?.('node:crypto') as NodeCrypto | undefined)?.hash;

/** The default digest: SHA-256 in base64url, synchronous where the runtime can. Safe against chosen collisions. */
export const sha256: Digest = nodeHash
  ? (content) => nodeHash('sha256', content, 'base64url')
  : async (content) => {
      const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
      const hash = await crypto.subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>);
      const base64 = btoa(String.fromCharCode(...new Uint8Array(hash)));
      return base64.replace(/[+/=]/g, (char) => ({ '+': '-', '/': '_' })[char] ?? '');
    };
