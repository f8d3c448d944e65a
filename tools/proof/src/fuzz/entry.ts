import * as core from '@etag/core';
import { OTHERS, readersOf } from '../linear/readers.ts';
import { LAWS } from './laws.ts';

/** A reader, and what has to hold of what it makes of a text; it throws where that does not. */
export type Target = (text: string) => unknown;

const READERS = {
  ...readersOf(core),
  ...OTHERS,
  // An empty version is the application's mistake, not a peer's.
  versionTag: (text: string) => (text === '' ? null : core.versionTag(text)),
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
