import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { contentTag, parseEntityTag } from './index.ts';

const sha256 = (content: string) => createHash('sha256').update(content).digest('base64url');

describe('§8.8.3.1 contentTag', () => {
  it.each(['', 'hello', '{"id":1}', 'ключ'])('is strong and names the content: %j', (content) => {
    expect(contentTag(content)).toBe(`"${sha256(content)}"`);
    expect(contentTag(new TextEncoder().encode(content))).toBe(`"${sha256(content)}"`);
    expect(contentTag(content, {})).toBe(`"${sha256(content)}"`);
  });

  it('is weak when told so', () => {
    expect(contentTag('hello', { weak: true })).toBe(`W/"${sha256('hello')}"`);
    expect(contentTag('hello', { weak: false, digest: undefined })).toBe(`"${sha256('hello')}"`);
  });

  it('differs where one byte differs', () => {
    const tags = Array.from({ length: 256 }, (_, byte) => contentTag(Uint8Array.of(byte)));
    expect(new Set(tags).size).toBe(256);
    expect(tags.map((tag) => parseEntityTag(tag as string))).toEqual(tags);
  });

  it('hands a digest of your own the content as it is', () => {
    const bytes = Uint8Array.of(1, 2, 3);
    const seen: unknown[] = [];
    const digest = (content: string | Uint8Array) => {
      seen.push(content);
      return `n${content.length}`;
    };
    expect(contentTag('hello', { digest })).toBe('"n5"');
    expect(contentTag(bytes, { digest, weak: true })).toBe('W/"n3"');
    expect(seen).toEqual(['hello', bytes]);
    expect(seen[1]).toBe(bytes);
  });

  it('is a promise where the digest is one', async () => {
    const tag = contentTag('hello', { weak: true, digest: async (content) => `n${content.length}` });
    expect(tag).toBeInstanceOf(Promise);
    expect(await tag).toBe('W/"n5"');
  });

  it.each(['a b', 'a"b', 'a\n', '€'])('refuses a digest that gives %j', async (name) => {
    expect(() => contentTag('', { digest: () => name })).toThrow(TypeError);
    await expect(contentTag('', { digest: async () => name })).rejects.toThrow(TypeError);
  });

  it.each([undefined, null, 7, new ArrayBuffer(4), {}])('refuses a digest that gives no text: %s', async (name) => {
    expect(() => contentTag('', { digest: () => name as never })).toThrow(TypeError);
    await expect(contentTag('', { digest: async () => name as never })).rejects.toThrow(/^Not an opaque tag/);
  });

  it('lets the failure of a digest through', async () => {
    const failure = new Error('no entropy');
    await expect(contentTag('', { digest: () => Promise.reject(failure) })).rejects.toBe(failure);
  });
});
