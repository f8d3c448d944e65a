import { uncodedTag } from './content-coding.js';
import { type EntityTag, opaqueTag } from './entity-tag.js';

/**
 * A strong tag from the version of a row: cheap, and known before the representation is made. Any string can be a
 * version; characters that a tag cannot carry are percent-encoded.
 *
 * @param version - what names this state of the resource and never another one; not a timestamp, not a counter that
 *   starts again after a delete
 * @param variant - tells representations of one version apart: a language, a media type; @default none
 * @throws TypeError when `version` is empty; URIError when it is not well-formed Unicode
 * @see RFC 9110 §8.8.1
 * @example
 * versionTag(7);       // '"v7"'
 * versionTag(7, 'en'); // '"v7:en"'
 */
export function versionTag(version: string | number | bigint, variant?: string): EntityTag {
  const text = String(version);
  if (text === '') throw new TypeError('versionTag: empty version');
  return `"v${encode(text)}${variant === undefined ? '' : `:${encode(variant)}`}"`;
}

/** Percent-encodes, and keeps an end that looks like a coding suffix (`-gzip`) from being taken for one. */
function encode(text: string): string {
  const encoded = encodeURIComponent(text);
  return uncodedTag(`"${encoded}"`).length === encoded.length + 2 ? encoded : encoded.replace(/-(?=[^-]*$)/, '%2D');
}

/**
 * The version that a tag of `versionTag` names, whatever its variant, its content coding or its strength. Never throws.
 *
 * @returns the version as a string; null when the tag is not one that `versionTag` makes
 * @example
 * versionOf('"v7-gzip"'); // '7'
 * versionOf('"xyzzy"');   // null
 */
export function versionOf(tag: EntityTag): string | null {
  const plain = uncodedTag(opaqueTag(tag));
  if (!plain.startsWith('"v')) return null;
  const [version, variant] = plain.slice(2, -1).split(':', 2).map(decodeComponent);
  // One version has one spelling: a tag that decodes to it by another was never sent.
  return version && versionTag(version, variant) === plain ? version : null;
}

/** The text; empty where the encoding is malformed. */
function decodeComponent(encoded: string): string {
  try {
    return decodeURIComponent(encoded);
  } catch {
    return '';
  }
}
