import { type CurrentVersion, type Expectation, holds, type Refused, refused } from '@etag/core';

/**
 * Checks what an engine says of the current version: what is not one would fit no expectation, or every one.
 *
 * @param current - null when nothing is stored
 * @throws TypeError when its version is not text, or its time not a time in ms
 */
export function checkCurrent(current: CurrentVersion | null): void {
  if (!current) return;
  const { version, modified } = current;
  if (typeof version !== 'string' || version === '') {
    throw new TypeError(`The engine gave a version that is not one: ${String(version)} (${typeof version})`);
  }
  if (modified !== undefined && !Number.isFinite(modified)) {
    throw new TypeError(`The engine gave a modification time that is not in ms: ${String(modified)}`);
  }
}

/**
 * Why a write may not go ahead.
 *
 * @param expectation - what the write expects
 * @param current - what the engine says is stored; null when nothing is
 * @returns null when the expectation holds
 * @throws TypeError when what the engine says is not a version, or its time not a time
 */
export function refusalOf(expectation: Expectation, current: CurrentVersion | null): Refused | null {
  checkCurrent(current);
  return holds(expectation, current) ? null : refused(expectation, current);
}
