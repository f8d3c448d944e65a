/**
 * Applies a JSON merge patch (`application/merge-patch+json`): members that are null are removed, objects are merged, and
 * anything else takes the place of what was there. Changes neither of its arguments.
 *
 * @param target - the current content; undefined where there is none
 * @param patch - what the request sent, parsed
 * @returns the new content, which may share parts with both
 * @throws RangeError when the patch is nested too deeply for the stack
 * @see RFC 7396 §2
 */
export function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch;
  // A Map, since a member may be called __proto__.
  const merged = new Map<string, unknown>(isObject(target) ? Object.entries(target) : []);
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) merged.delete(name);
    else merged.set(name, mergePatch(merged.get(name), value));
  }
  return Object.fromEntries(merged);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
