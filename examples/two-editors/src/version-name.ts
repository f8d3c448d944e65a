import { type EntityTag, versionOf } from '@etag/core';

const names = new Map<string, string>();

/**
 * A name that a person can tell from another: `v1`, `v2`, in the order in which this page came to know the versions. To the
 * page a tag is opaque; that a gzip response has a tag of its own for the same version is what @etag/core knows.
 */
export function versionName(tag: string): string {
  const version = versionOf(tag as EntityTag) ?? tag;
  const name = names.get(version) ?? `v${names.size + 1}`;
  names.set(version, name);
  return name;
}
