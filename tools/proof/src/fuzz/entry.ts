import { Buffer } from 'node:buffer';
import * as core from '@etag/core';
import { readMessage } from '../../../../packages/wire/src/message.ts';
import { OTHERS, readersOf } from '../linear/readers.ts';
import { LAWS } from './laws.ts';

/** A reader, and what has to hold of what it makes of a text; it throws where that does not. */
export type Target = (text: string) => unknown;

/** What the wire throws for bytes that are not a response. */
const REFUSED = /^not (?:an HTTP\/1\.1 response|a chunk size): /;

function readWire(text: string): unknown {
  try {
    return readMessage(Buffer.from(text, 'latin1'), 'GET', false);
  } catch (error) {
    if (error instanceof Error && REFUSED.test(error.message)) return null;
    throw error;
  }
}

const READERS = {
  ...readersOf(core),
  ...OTHERS,
  // An empty version is the application's mistake, not a peer's.
  versionTag: (text: string) => (text === '' ? null : core.versionTag(text)),
  'wire: a response': readWire,
};

/** All readers of what a peer sends, each with its law. This file is built with counters in it; see coverage.ts. */
export const targets: Readonly<Record<string, Target>> = Object.fromEntries(
  Object.entries(READERS).map(([name, read]): [string, Target] => [
    name,
    (text) => {
      const given = read(text);
      LAWS[name]?.(core, text, given as never);
      return given;
    },
  ]),
);
