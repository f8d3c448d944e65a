import { checkNames, type EntityTag, parseEntityTag, type TagCodec, tagOfVersion, type Versioned } from '@etag/core';

/** How an item of a collection carries its tag. */
export interface TaggedItemOptions<Field extends string = 'etag'> {
  /** The member that holds the tag: `@odata.etag` and `_etag` are other usual names. @default 'etag' */
  field?: Field | undefined;
  /** How the version becomes the tag. @default that of `versionTag` */
  codec?: TagCodec | undefined;
}

/**
 * An item of a collection with its tag, so that a client can edit it without reading it by itself first. A tag that a client sent
 * back with its content, and that was stored with it, is replaced by the current one.
 *
 * @param item - a value, and the version that names it
 * @param options - `field`: the name of the member; @default 'etag'; `codec`: how the version becomes the tag
 * @returns a copy of the value with the tag that a GET of the item has in its ETag field
 * @throws TypeError when the value has such a member already, and it is not a tag
 * @see RFC 9110 §8.8.3
 * @example
 * taggedItem({ version: '7', value: { title: 'tea' } }); // { title: 'tea', etag: '"v7"' }
 */
export function taggedItem<T extends object, const Field extends string = 'etag'>(
  { version, value }: Pick<Versioned<T>, 'version' | 'value'>,
  options?: TaggedItemOptions<Field>,
): T & Record<NoInfer<Field>, EntityTag> {
  if (options) checkNames(options, ['field', 'codec']);
  const { field = 'etag', codec } = options ?? {};
  const own: unknown = Object.hasOwn(value, field) ? value[field as unknown as keyof T] : undefined;
  if (own !== undefined && parseEntityTag(String(own)) === null) {
    throw new TypeError(`The item has a member ${field} of its own: name another field`);
  }
  const etag = tagOfVersion(version, codec);
  return { ...value, [field]: etag } as T & Record<NoInfer<Field>, EntityTag>;
}
