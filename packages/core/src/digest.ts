/**
 * Names content by a string of characters that an entity tag can carry. The same content must give the same string in
 * every process; strings are taken as UTF-8.
 */
export type Digest = (content: string | Uint8Array) => string | Promise<string>;

interface NodeCrypto {
  hash?: (algorithm: string, data: string | Uint8Array, encoding: 'base64url') => string;
}

/** The default digest: SHA-256 in base64url, synchronous where the runtime can. Safe against chosen collisions. */
export const sha256: Digest = /* @__PURE__ */ chooseSha256();

function chooseSha256(): Digest {
  // No static import of node:crypto, so that this file loads in browsers and Workers unchanged.
  const { process } = globalThis as { process?: { getBuiltinModule?: (id: string) => unknown } };
  const hash = (process?.getBuiltinModule?.('node:crypto') as NodeCrypto | undefined)?.hash;
  return hash ? (content) => hash('sha256', content, 'base64url') : webSha256;
}

async function webSha256(content: string | Uint8Array): Promise<string> {
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
  const hash = await crypto.subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>);
  const base64 = btoa(String.fromCharCode(...new Uint8Array(hash)));
  return base64.replace(/[+/=]/g, (char) => ({ '+': '-', '/': '_' })[char] ?? '');
}
