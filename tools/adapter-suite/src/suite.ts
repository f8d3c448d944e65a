import { describe } from 'vitest';
import type { Boot, Compression } from './application.ts';
import { codingTests } from './tests/coding.ts';
import { contentTests } from './tests/content.ts';
import { decisionTests } from './tests/decision.ts';
import { earlyTests } from './tests/early.ts';
import { offTests } from './tests/off.ts';
import { optionTests } from './tests/options.ts';
import { readTests } from './tests/read.ts';
import { requestTests } from './tests/request.ts';
import { streamTests } from './tests/stream.ts';
import { writeTests } from './tests/write.ts';

const EVERYWHERE: readonly Compression[] = ['none', 'inside', 'outside'];

/** What differs between adapters by design. */
export interface Traits {
  /**
   * Whether a middleware that stands in front gets the finished response, as a function around a fetch-style handler does:
   * what it sets is not seen by the adapter. @default false
   */
  readonly isComposed?: boolean;
  /** Whether the framework itself sends the null of a handler without content. @default false */
  readonly isNullEmpty?: boolean;
}

/**
 * Runs what all adapters have in common against one of them.
 *
 * @param name - of the package, such as `@etag/koa`
 * @param boot - serves an application with the framework and the adapter
 * @param compressions - where the framework's own compressor can stand; @default everywhere
 * @param traits - what differs by design
 */
export function adapterSuite(
  name: string,
  boot: Boot,
  compressions: readonly Compression[] = EVERYWHERE,
  { isComposed = false, isNullEmpty = false }: Traits = {},
): void {
  describe(name, () => {
    describe('tags of content', () => contentTests(boot));
    describe('streams', () => streamTests(boot));
    describe('tags that are known early', () => earlyTests(boot, isComposed));
    describe('writes', () => writeTests(boot, isComposed));
    describe('a read of a store', () => readTests(boot, compressions, isNullEmpty));
    describe('a route that is left out', () => offTests(boot));
    describe('options that there are not', () => optionTests(boot));
    describe('those who are told of decisions', () => decisionTests(boot));
    describe('a request that the application rewrites', () => requestTests(boot));
    for (const compression of compressions) {
      if (compression !== 'none') describe(`compression ${compression}`, () => codingTests(boot, compression));
    }
  });
}
