import type { Edit } from './edit.ts';

/** A mistake that once went unnoticed, and the test that notices it. */
export interface Mutant extends Edit {
  readonly mistake: string;
  /** The file of the test, from the root of the workspace, and its name. */
  readonly test: { readonly file: string; readonly name: string };
}

const CORE = 'packages/core/src';
const STORES = 'packages/concurrency/src';

/** The mutants that matter: each passed all tests once, and would have cost somebody a write or a cache. */
export const MUTANTS: readonly Mutant[] = [
  {
    mistake: 'a leap second at any hour',
    file: `${CORE}/http-date.ts`,
    from: '(second === 60 && hour === 23 && minute === 59)',
    to: 'second === 60',
    test: {
      file: `${CORE}/http-date.test.ts`,
      name: '§5.6.7 parseHttpDate > takes a leap second at the end of a day only',
    },
  },
  {
    mistake: 'letters that alias a month',
    file: `${CORE}/http-date.ts`,
    from: '(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)',
    to: '[A-Za-z]{3}',
    test: {
      file: `${CORE}/http-date.test.ts`,
      name: '§5.6.7 parseHttpDate > takes no letters for a month that only stand next to each other in the names of months',
    },
  },
  {
    mistake: 'ranges that exceed the whole by a byte',
    file: `${CORE}/range.ts`,
    from: 'total <= completeLength',
    to: 'total <= completeLength + 1',
    test: {
      file: `${CORE}/range.test.ts`,
      name: '§17.15 excessive ranges > that come to all the bytes are sent, and a byte more gets the full response',
    },
  },
  {
    mistake: 'ranges that are one too many',
    file: `${CORE}/range.ts`,
    from: 'specs.length > MAX_RANGES',
    to: 'specs.length > MAX_RANGES + 1',
    test: {
      file: `${CORE}/range.test.ts`,
      name: '§17.15 excessive ranges > sixteen are sent, and one more gets the full response',
    },
  },
  {
    mistake: 'If-Range by a date whose second is not over',
    file: `${CORE}/if-range.ts`,
    from: 'now - date >= 1000',
    to: 'now - date >= 999',
    test: {
      file: `${CORE}/range.test.ts`,
      name: '§13.1.5 If-Range > §8.8.2.2 a date is a strong validator when its second is over, and not a ms before',
    },
  },
  {
    mistake: 'preconditions of a status 199',
    file: `${CORE}/preconditions.ts`,
    from: 'status < 200',
    to: 'status < 199',
    test: {
      file: `${CORE}/preconditions.test.ts`,
      name: '§13.2.1 where the status would be 199, If-None-Match with the current tag comes to proceed',
    },
  },
  {
    mistake: 'no preconditions of a status 299',
    file: `${CORE}/preconditions.ts`,
    from: 'status > 299',
    to: 'status >= 299',
    test: {
      file: `${CORE}/preconditions.test.ts`,
      name: '§13.2.1 where the status would be 299, If-None-Match with the current tag comes to not-modified',
    },
  },
  {
    mistake: 'a creation that was applied before is a conflict',
    file: `${STORES}/replace.ts`,
    from: "(written.kind !== 'stale' && written.kind !== 'exists')",
    to: "written.kind !== 'stale'",
    test: {
      file: `${STORES}/replace.test.ts`,
      name: '§13.1.1 the write of an earlier try > is already applied when it was a creation',
    },
  },
  {
    mistake: 'options without a signal are a fault',
    file: `${STORES}/step-call.ts`,
    from: 'return signal && { signal, isWaiting: false };',
    to: 'return { signal: signal!, isWaiting: false };',
    test: {
      file: `${STORES}/compare-and-set.test.ts`,
      name: 'a write that fails > and is given options without a signal passes the error of the engine on',
    },
  },
  {
    mistake: 'a date beside one version is not looked at',
    file: `${STORES}/compare-and-set.ts`,
    from: 'const nothingElse = !absent && !noneOf && unmodifiedSince === undefined;',
    to: 'const nothingElse = !absent && !noneOf;',
    test: {
      file: `${STORES}/compare-and-set.test.ts`,
      name: 'an expectation that names one state is one step > one version and a date',
    },
  },
  {
    mistake: 'the reason of an abort is taken for an error of the driver',
    file: `${STORES}/compare-and-set.ts`,
    from: "engine.failure(isAborted ? new Error('Aborted') : error)",
    to: 'engine.failure(error)',
    test: {
      file: `${STORES}/compare-and-set.test.ts`,
      name: 'a signal that is aborted while a call is in flight > does so whatever its reason is',
    },
  },
];
