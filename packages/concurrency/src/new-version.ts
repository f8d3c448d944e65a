/**
 * Checks that a write has a version of its own.
 *
 * @param before - the version that the write replaced; null where that is not known
 * @param after - the version that is there now
 * @throws Error where it is the same: the next write of an outdated client would go through
 */
export function checkNewVersion(before: string | null, after: string): void {
  if (before !== after) return;
  throw new Error(
    `A write left the version at ${JSON.stringify(after)}: something else sets it, such as a trigger. Give each write a new version; by one that stays, a stale write overwrites what others wrote.`,
  );
}
