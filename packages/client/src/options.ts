import { checkNames } from '@etag/core';

/**
 * Checks options when they are given: in JavaScript a slip would be ignored, and with it what it was to guard.
 *
 * @param options - anything
 * @param shape - the options that there are, and in words what each may be: types, and texts in quotation marks
 * @throws TypeError for what is not an object, for a name that is not one of them, and for what an option may not be
 */
export function checkOptions(options: unknown, shape: Readonly<Record<string, string>>): void {
  checkNames(options, Object.keys(shape));
  for (const [name, value] of Object.entries(options as object)) {
    const takes = shape[name] as string;
    const isOfType = takes.includes(` ${typeof value}`) && !(typeof value === 'number' && !(value >= 0));
    if (value == null || isOfType || takes.includes(`"${value}"`)) continue;
    throw new TypeError(`${name} is ${takes}, not ${value}`);
  }
}
