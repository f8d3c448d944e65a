import { createHash } from 'node:crypto';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type Digest, sha256 } from './index.ts';

const encoder = new TextEncoder();
const bytes = Uint8Array.from({ length: 256 }, (_, byte) => byte);

/** What the digest is by definition: SHA-256 of the bytes, base64url without padding (RFC 4648 §5). */
function expected(content: string | Uint8Array): string {
  return createHash('sha256')
    .update(typeof content === 'string' ? encoder.encode(content) : content)
    .digest('base64url');
}

const contents: [name: string, content: string | Uint8Array][] = [
  ['an empty string', ''],
  ['no bytes', new Uint8Array()],
  ['text', 'hello'],
  ['text beyond ASCII', 'naïve ключ 🔑'],
  ['a lone high surrogate', 'a\ud800b'],
  ['a lone low surrogate', '\udc00'],
  ['surrogates the wrong way round', '\udc00\ud800'],
  ['every byte', bytes],
  ['a part of a buffer', bytes.subarray(3, 200)],
  ['a Node Buffer', Buffer.from('hello')],
  ['a million characters', 'ab€'.repeat(333_334)],
  // Digests that hold each character in which base64url differs from base64.
  ...Array.from({ length: 40 }, (_, i): [string, string] => [`number ${i}`, String(i)]),
];

/** The digest of a runtime without `process.getBuiltinModule`: a browser, a Worker. */
async function webDigest(): Promise<Digest> {
  const { getBuiltinModule } = process;
  vi.resetModules();
  const pending = import('./digest.ts');
  try {
    // @ts-expect-error: a runtime that has none
    process.getBuiltinModule = undefined;
    return (await pending).sha256;
  } finally {
    process.getBuiltinModule = getBuiltinModule;
  }
}

afterEach(() => {
  vi.resetModules();
});

describe('§8.8.3.1 sha256', () => {
  it.each(contents)('is SHA-256 in base64url: %s', (_, content) => {
    expect(sha256(content)).toBe(expected(content));
  });

  it.each(contents.filter(([, content]) => typeof content === 'string'))('takes text as UTF-8: %s', (_, content) => {
    expect(sha256(content)).toBe(sha256(encoder.encode(content as string)));
  });
});

describe('§8.8.3.1 sha256 by Web Crypto', () => {
  it('gives the same result, as a promise', async () => {
    const digest = await webDigest();
    expect(digest).not.toBe(sha256);
    const results = contents.map(([, content]) => digest(content));
    expect(results.every((result) => result instanceof Promise)).toBe(true);
    expect(await Promise.all(results)).toEqual(contents.map(([, content]) => expected(content)));
  });
});
