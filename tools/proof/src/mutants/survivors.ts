/** A mutant that no test notices, and why none should. */
export interface Survivor {
  /** From the folder of the packages: `core/src/range.ts`. */
  readonly file: string;
  /** The line that the mutant changes, without its indent. */
  readonly line: string;
  /** What stands in place of a part of it. */
  readonly to: readonly string[];
  readonly reason: string;
}

const FASTER = 'A shorter way to the same answer.';
const TYPES = 'Only the compiler needs it: what follows says the same of null.';
const NO_MATTER = 'Any text that is not one of the field will do.';

/** What is left of the mutants of Stryker. Each does what the source does, or differs where a test cannot look. */
export const SURVIVORS: readonly Survivor[] = [
  {
    file: 'core/src/errors.ts',
    line: 'Object.assign(this, answer, { [BRAND]: true });',
    to: ['false'],
    reason: 'The mark counts, whatever it is: `isEtagError` asks whether it is there.',
  },
  {
    file: 'core/src/expectation.ts',
    line: "const since = ifMatch ? null : parseHttpDate(fieldValue(request.headers, 'if-unmodified-since') ?? '');",
    to: ['"Stryker was here!"'],
    reason: NO_MATTER,
  },
  {
    file: 'core/src/fail-open.ts',
    line: 'if (timeout > LONGEST_DELAY) return Promise.resolve(result);',
    to: ['timeout >= LONGEST_DELAY'],
    reason: 'A timer of 24 days against none.',
  },
  {
    file: 'core/src/failure.ts',
    line: "const list = fieldValue(headers, field) ?? '';",
    to: ['"Stryker was here!"'],
    reason: 'A field that failed was sent.',
  },
  {
    file: 'core/src/failure.ts',
    line: "if (listed !== 'none' && listed !== 'malformed' && isWeak(listed)) return 'weak';",
    to: ['true', '""', "listed !== 'none' || listed !== 'malformed'"],
    reason: 'Neither word begins like a weak tag; the compiler does not know.',
  },
  {
    file: 'core/src/respond.ts',
    line: 'const isRefusal = answer.status >= 400;',
    to: ['answer.status > 400'],
    reason: 'No answer is a 400.',
  },
  {
    file: 'core/src/respond.ts',
    line: 'const isSent = field !== null && fieldValue(request.headers, field) !== null;',
    to: ['true'],
    reason: TYPES,
  },
  {
    file: 'core/src/respond.ts',
    line: "const current = outcome.kind === 'missing' ? null : outcome.current;",
    to: ['false', '""'],
    reason: TYPES,
  },
  {
    file: 'core/src/read.ts',
    line: "const date = tag && !comparesDates(request.headers) ? null : headers.get('last-modified');",
    to: ['false'],
    reason: 'The date is read where nothing is compared with it: it only takes time.',
  },
];
