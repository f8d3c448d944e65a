import { type CurrentVersion, type EntityTag, entityTag, type ResourceState, versionTag } from '@etag/core';
import type { EtagOptions, Version } from './options.ts';

/**
 * The validators of what a handler returned.
 *
 * @throws TypeError when a selector finds something that cannot name a version
 */
export function returnedState<T>({ version, lastModified, stored, weak }: EtagOptions<T>, value: T): ResourceState {
  if (stored) {
    const current = value as CurrentVersion;
    return { etag: tagOf(current.version, weak), lastModified: current.modified };
  }
  const found = version?.(value);
  return { etag: found == null ? null : tagOf(found, weak), lastModified: lastModified?.(value) };
}

function tagOf(version: Version, weak = false): EntityTag {
  const tag = typeof version === 'object' ? versionTag(...version) : versionTag(version);
  return weak ? entityTag(tag.slice(1, -1), { weak }) : tag;
}
