import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { type ContentTagOptions, contentTag, type Digest, type EntityTag } from '@etag/core';
import etag from 'etag';
import createXxhash from 'xxhash-wasm';
import type { Comparison, Subject } from '../measure.ts';
import { noteText } from '../notes.ts';
import { pick, pool } from '../pool.ts';

const { h64ToString, h64Raw } = await createXxhash();
const xxhash: Digest = (content) =>
  typeof content === 'string' ? h64ToString(content) : h64Raw(content).toString(16).padStart(16, '0');

function core(name: string, texts: readonly string[], options?: ContentTagOptions): Subject {
  return {
    name,
    run(times) {
      let sum = 0;
      for (let i = 0; i < times; i++) sum += (contentTag(pick(texts, i), options) as EntityTag).charCodeAt(3);
      return sum;
    },
  };
}

function assertTells(makeTag: (text: string) => unknown, texts: readonly string[]): void {
  const tags = texts.map(makeTag);
  assert.deepEqual(
    texts.map((text) => makeTag(Buffer.from(text).toString())),
    tags,
    'the same content, the same tag',
  );
  assert.equal(new Set(tags).size, texts.length, 'other content, another tag');
}

function comparison(size: string, length: number, target: number, xxhashTarget: number): Comparison {
  return {
    work: `${size} of text`,
    prepare() {
      const texts = pool((index) => noteText(index, length));
      assertTells(etag, texts);
      assertTells(contentTag, texts);
      assertTells((text) => contentTag(text, { digest: xxhash }), texts);
      for (const text of texts) {
        assert.equal(contentTag(text), `"${createHash('sha256').update(text).digest('base64url')}"`);
        assert.equal(contentTag(text, { digest: xxhash }), contentTag(Buffer.from(text), { digest: xxhash }));
      }
      const peer: Subject = {
        name: 'etag',
        run(times) {
          let sum = 0;
          for (let i = 0; i < times; i++) sum += etag(pick(texts, i)).charCodeAt(3);
          return sum;
        },
      };
      const withXxhash = '@etag/core with xxhash-wasm';
      return {
        subjects: [peer, core('@etag/core', texts), core(withXxhash, texts, { digest: xxhash })],
        aims: [
          { measured: '@etag/core', against: 'etag', target },
          { measured: withXxhash, against: 'etag', target: xxhashTarget },
        ],
      };
    },
  };
}

export const comparisons: Comparison[] = [
  comparison('64 B', 64, 2.2, 4),
  comparison('1 KB', 1024, 1.45, 4),
  comparison('64 KB', 65_536, 0.95, 4),
];
