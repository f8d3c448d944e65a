import { uncodedTag, weakened } from './content-coding.ts';
import type { CurrentVersion } from './current-version.ts';
import { checkTag, type EntityTag, isWeak } from './entity-tag.ts';
import { parseEntityTagList } from './entity-tag-list.ts';
import { fieldValue, type RequestHead } from './request-head.ts';
import type { ResourceState } from './resource-state.ts';
import { versionTag } from './version-tag.ts';

/** How the tags of a standard name versions: FHIR and SCIM have `W/"3"` for version 3. */
export interface TagFormat {
  /**
   * Makes the tag of a version. A weak one guards a write like a strong one: it names one version and no other.
   *
   * @param version - as the store gave it
   * @returns the tag, never the same one for two versions
   */
  format(version: string): EntityTag;
  /**
   * Reads the version that a tag names. Must not throw: the tag comes from a client.
   *
   * @param tag - strong or weak, since a proxy may have weakened it; without a content coding
   * @returns the version; null when the tag is not one that `format` makes
   */
  parse(tag: EntityTag): string | null;
}

/** Tags in the format of a standard, for `expectation`, `respond`, `precondition` and stores. Made by `tagCodec`. */
export interface TagCodec extends TagFormat {
  /** A request with tags of `versionTag` in If-Match and If-None-Match, in place of those of the format. */
  request(request: RequestHead): RequestHead;
  /** A state with a tag of `versionTag` in place of one of the format. */
  state(state: ResourceState | null): ResourceState | null;
}

/**
 * The tag of a version.
 *
 * @param version - as a store gave it
 * @param codec - the format of the tag; @default that of `versionTag`
 * @returns the tag
 * @throws TypeError when `version` cannot name a state
 */
export function tagOfVersion(version: string, codec?: TagCodec): EntityTag {
  return (codec?.format ?? versionTag)(version);
}

/**
 * The state that preconditions are compared with, from the version that a store keeps.
 *
 * @param current - null when nothing is stored
 * @param codec - the format of the tag; @default that of `versionTag`
 * @returns the tag of the version and the time of its writing; null when nothing is stored
 */
export function stateOf(current: CurrentVersion, codec?: TagCodec): ResourceState;
export function stateOf(current: CurrentVersion | null, codec?: TagCodec): ResourceState | null;
export function stateOf(current: CurrentVersion | null, codec?: TagCodec): ResourceState | null {
  return current && { etag: tagOfVersion(current.version, codec), lastModified: current.modified };
}

/** Names no version: what stands for a tag of another format, so that it guards nothing and matches nothing. */
const FOREIGN: EntityTag = '""';

/**
 * Makes a codec: tags in a format of their own, for standards that lay it down.
 *
 * @param format - `format` and `parse`, one the inverse of the other
 * @returns the codec, whose `format` throws a TypeError when what it makes is not an entity tag
 * @see RFC 9110 §8.8.3
 * @example
 * const fhir = tagCodec({
 *   format: (version) => `W/"${version}"`,
 *   parse: (tag) => /"(.+)"$/.exec(tag)?.[1] ?? null,
 * });
 * expectation({ method: 'PUT', headers: { 'if-match': 'W/"3"' } }, { codec: fhir }); // { oneOf: ['3'] }
 */
export function tagCodec(format: TagFormat): TagCodec {
  const codec: TagCodec = {
    format: (version) => checkTag(format.format(version)),
    parse: (tag) => format.parse(tag),
    request: ({ method, headers }) => ({
      method,
      headers: { get: (name) => translated(name, fieldValue(headers, name), codec) },
    }),
    state: (state) => {
      const version = state?.etag ? codec.parse(state.etag) : null;
      return version ? { ...state, etag: versionTag(version) } : state;
    },
  };
  return codec;
}

function translated(name: string, value: string | null, codec: TagCodec): string | null {
  const tags = /^if-(?:none-)?match$/i.test(name) && value !== null ? parseEntityTagList(value) : null;
  // What is malformed stays so: it is refused for what it is.
  if (!tags || tags === '*') return value;
  return tags.flatMap((tag) => versionTags(tag, codec)).join(', ');
}

/** The version that a tag names; two, where it ends like a version of the format and like a content coding. */
function versionTags(tag: EntityTag, codec: TagCodec): EntityTag[] {
  const forms = new Set([tag, uncodedTag(tag)]);
  return [...forms].map((form) => {
    const version = codec.parse(form);
    if (!version) return FOREIGN;
    const plain = versionTag(version);
    // A tag that the format makes weak names its version all the same. One that was weakened on its way still shows it.
    return isWeak(tag) && !isWeak(codec.format(version)) ? weakened(plain) : plain;
  });
}
