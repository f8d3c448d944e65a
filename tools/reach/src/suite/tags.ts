import { contentTag, fileTag, jsonTag, versionTag } from '@etag/core';
import { fetchHandler, honoHandler } from './handlers.ts';

// Texts in which runtimes could differ: beyond ASCII, beyond 16 bits, half a pair, nothing, and more than a block of a digest.
const TEXTS = ['', 'hello', 'Grüße, 世界', '👩‍👩‍👧‍👦', 'a lone \ud800 half', 'x'.repeat(100_000), '\u0000\r\n'];
const VALUES = [null, 0.1 + 0.2, 1e21, -0, 'é', [1, [2]], { b: 1, a: { '€': true, '\ud83d\ude00': [] } }];

/** A tag of everything that has one: the same on each runtime, byte for byte. */
export async function tags(): Promise<Record<string, string | null>> {
  const made: Record<string, string | null> = {
    version: versionTag(7, 'user'),
    file: fileTag({ size: 1234, mtimeMs: 1767355200123.456 }),
  };
  for (const [index, text] of TEXTS.entries()) {
    made[`text ${index}`] = await contentTag(text);
    made[`bytes ${index}`] = await contentTag(new TextEncoder().encode(text));
  }
  for (const [index, value] of VALUES.entries()) made[`json ${index}`] = await jsonTag(value);
  const url = `http://localhost/content?body=${encodeURIComponent('Grüße, 世界')}`;
  made.fetch = (await fetchHandler(new Request(url))).headers.get('etag');
  made.hono = (await honoHandler(new Request(url))).headers.get('etag');
  return made;
}
