import { parseEntityTagList } from './entity-tag-list.ts';
import { PreconditionFailedError } from './errors.ts';
import { fieldValue, type RequestHead } from './request-head.ts';
import type { ResourceState } from './resource-state.ts';

export type TagList = NonNullable<ReturnType<typeof parseEntityTagList>>;

/**
 * The tags that a field of a request lists.
 *
 * @param current - the validators of the resource, where they are known
 * @returns null when the field was not sent
 * @throws PreconditionFailedError when it is malformed: a guard that cannot be read must not let a write through
 */
export function sentTags(
  request: RequestHead,
  field: 'if-match' | 'if-none-match',
  current: ResourceState | null = {},
): TagList | null {
  const value = fieldValue(request.headers, field);
  const tags = value === null ? null : parseEntityTagList(value);
  if (value === null || tags) return tags;
  throw new PreconditionFailedError(request, { field, reason: 'malformed' }, current);
}
