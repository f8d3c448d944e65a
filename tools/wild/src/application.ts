import { memoryStore } from '@etag/concurrency/memory';
import type { EntityTag } from '@etag/core';

// What every application here serves, each in its framework's own words:
//   GET  /content     CONTENT as JSON: tagged by its content
//   GET  /own         text with OWN_TAG
//   GET  /early       CONTENT, by etag({ current: () => STATE }); counted by `handled()`
//   PUT  /early       204, by precondition({ current: () => STATE, require: true }); counted as well
//   GET  /stream      chunks(), without a tag
//   GET  /stream/own  chunks(), with OWN_TAG
//   GET  /note        a note of the store, with the tag of its version
//   PUT  /note        respond(await replace(notes, '1', body, expectation({ require: true }))): the body is read by a parser
//   GET  /static/page.txt  the file, by the framework's own means

/** Where the middlewares are mounted: before ours, or after it. */
export type Order = 'before' | 'after';
export const orders: readonly Order[] = ['before', 'after'];

/** Long enough for a compressor. */
export const CONTENT = { lines: Array.from({ length: 100 }, (_, line) => `line ${line} of the content`) };
export const OWN_TAG: EntityTag = '"own"';
export const STATE = { etag: '"v7"' as EntityTag, lastModified: Date.UTC(2026, 0, 2, 3, 4, 5) };
/** The folder of `page.txt`. */
export const STATIC = new URL('../static', import.meta.url).pathname;

/** Content that comes in pieces. */
export async function* chunks(): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  for (let piece = 0; piece < 3; piece++) {
    await new Promise((resolve) => setTimeout(resolve, 2));
    yield new TextEncoder().encode('a piece of a stream\n'.repeat(100));
  }
}

/** What an application keeps. */
export class Data {
  readonly notes = memoryStore<unknown>();
  /** How often the handlers of `/early` ran. */
  handled = 0;
}

/** A server that runs. */
export interface Running {
  readonly origin: string;
  close(): unknown;
}

/** An adapter among the middlewares of its framework. */
export interface Wild {
  /** Of the framework. */
  readonly name: string;
  /** By the names of their packages, or of the framework's exports. */
  readonly middlewares: readonly string[];
  /** Fields that show that the middlewares took part: on the 200 and on the 304. */
  readonly fields: readonly string[];
  /** Whether its way of serving files knows ranges. */
  readonly servesRanges: boolean;
  /** Serves the application on a free port. */
  boot(data: Data, order: Order): Promise<Running>;
}
