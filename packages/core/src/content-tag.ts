import { type Digest, sha256 } from './digest.ts';
import { type EntityTag, entityTag, quoted } from './entity-tag.ts';
import { checkNames } from './options.ts';
import { isThenable } from './thenable.ts';

/** How a tag is made of content. */
export interface ContentTagOptions {
  /** Marks the tag as weak: for content whose bytes differ while its meaning does not. @default false */
  weak?: boolean | undefined;
  /** Names the content. @default SHA-256, safe against chosen collisions */
  digest?: Digest | undefined;
}

/**
 * A tag from the content of a representation. The same content gives the same tag in every process and on every runtime.
 *
 * @param content - the bytes, or text to be sent as UTF-8
 * @param options - `weak` and `digest`; @default a strong tag, SHA-256
 * @returns the tag at once where the digest is synchronous (Node, Bun, Deno), else a promise of it
 * @throws TypeError for an option that there is not, and when a digest of your own returns a character that an entity tag cannot carry
 * @see RFC 9110 §8.8.3.1
 */
export function contentTag(content: string | Uint8Array, options?: ContentTagOptions): EntityTag | Promise<EntityTag> {
  // `texts.map(contentTag)` gives an index as the second argument.
  if (options && typeof options === 'object') checkNames(options, ['weak', 'digest']);
  const { digest } = options ?? {};
  const toTag = digest ? entityTag : quoted;
  const name = (digest ?? sha256)(content);
  return isThenable(name) ? name.then((name) => toTag(name, options)) : toTag(name, options);
}
