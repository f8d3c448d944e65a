import { type EntityTag, entityTag, type ResourceState, versionTag } from '@etag/core';
import type { EtagOptions, Version } from './options.ts';

/**
 * The validators of what a handler returned.
 *
 * @throws TypeError when a selector finds something that cannot name a version
 */
export function returnedState<T>({ version, lastModified, weak }: EtagOptions<T>, value: T): ResourceState {
  const found = version?.(value);
  return { etag: found == null ? null : tagOf(found, weak), lastModified: lastModified?.(value) };
}

function tagOf(version: Version, weak = false): EntityTag {
  const tag = typeof version === 'object' ? versionTag(...version) : versionTag(version);
  return weak ? entityTag(tag.slice(1, -1), { weak }) : tag;
}
