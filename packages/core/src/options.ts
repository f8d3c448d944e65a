/** How long the parts of the application are waited for. */
export interface TimeoutOptions {
  /**
   * How long `current` may take, and a digest of your own, in ms. A read then goes on without a tag, and a write is refused
   * with a 500. `Infinity` waits for as long as it takes.
   * @default 1000
   */
  timeout?: number | undefined;
}

/**
 * Checks that options have known names: in JavaScript a misspelt one would be ignored, and with it a guard.
 *
 * @param options - anything
 * @param names - of the options that there are
 * @throws TypeError for what is not an object, and for a name that is not one of them
 */
export function checkNames(options: unknown, names: readonly string[]): void {
  for (const name of options && typeof options === 'object' ? Object.keys(options) : [`${options}`]) {
    if (!names.includes(name)) throw new TypeError(`${name} is not one of the options ${names.join(', ')}`);
  }
}

/** The options of `etag()`. */
export const READ_NAMES: readonly string[] = ['current', 'weak', 'digest', 'timeout', 'onDecision'];

/**
 * Checks what a middleware is given, when it is made.
 *
 * @param options - those of an adapter's `etag()` or `precondition()`
 * @param names - of the options that it has; @default `READ_NAMES`
 * @throws TypeError for an option that it does not have, a `current` that is there and not a function, and a `timeout` that
 *   is not a time
 */
export function checkOptions(
  options: TimeoutOptions & { readonly current?: unknown },
  names: readonly string[] = READ_NAMES,
): void {
  checkNames(options, names);
  const { current, timeout = 1 } = options;
  // One that is there and undefined is a misspelt name: content would be tagged in its place.
  if ('current' in options && typeof current !== 'function') {
    throw new TypeError(`current is a function, not ${String(current)}`);
  }
  if (!(timeout > 0)) throw new TypeError(`timeout is a number of ms above 0, not ${timeout}`);
}

/** The options of all steps of a write. */
export const WRITE_NAMES: readonly string[] = [
  'current',
  'require',
  'acceptWeakened',
  'codec',
  'storedAsSent',
  'timeout',
  'onDecision',
];

/**
 * Checks the names of what a write is given: one object may hold the options of all its steps.
 *
 * @param options - of `precondition()`, `expectation()` or `respond()`; undefined for none
 * @throws TypeError for a name that none of them has
 */
export function checkWriteNames(options: unknown): void {
  if (options !== undefined) checkNames(options, WRITE_NAMES);
}
