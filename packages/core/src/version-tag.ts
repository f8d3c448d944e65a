import { isCodingSuffix, uncodedTag } from './content-coding.ts';
import { type EntityTag, quoted } from './entity-tag.ts';
import { mistake } from './mistake.ts';

/**
 * A strong tag from the version of a row: cheap, and known before the representation is made. Any string can be a
 * version; characters that a tag cannot carry are percent-encoded.
 *
 * @param version - what names this state of the resource and never another one; not a timestamp, not a counter that
 *   starts again after a delete
 * @param variant - tells representations of one version apart: a language, a media type; @default none
 * @returns a strong tag
 * @throws TypeError when `version` cannot name a state: empty or not well-formed text, a number that is not a safe
 *   integer, undefined, null, a Date, any other object
 * @see RFC 9110 §8.8.1
 * @example
 * versionTag(7);       // '"v7"'
 * versionTag(7, 'en'); // '"v7:en"'
 */
export function versionTag(version: string | number | bigint, variant?: string): EntityTag {
  if (!isVersion(version)) throw mistake('a version', version, 'Give text, a safe integer or a bigint');
  if (variant !== undefined && !isText(variant)) throw mistake('a variant', variant, 'Give text');
  return quoted(`v${encode(String(version))}${variant === undefined ? '' : `:${encode(variant)}`}`);
}

/** Whether a value names one state and no other. A fraction, or an integer that has lost digits, does not. */
function isVersion(version: unknown): boolean {
  if (typeof version === 'bigint' || Number.isSafeInteger(version)) return true;
  return isText(version) && version !== '';
}

/** Whether a value is text that UTF-8 can carry: a lone surrogate would be replaced, and so name another state as well. */
function isText(value: unknown): value is string {
  return typeof value === 'string' && !/\p{Surrogate}/u.test(value);
}

/** Percent-encodes, and keeps an end that looks like a coding suffix (`-gzip`) from being taken for one. */
function encode(text: string): string {
  const encoded = encodeURIComponent(text);
  const end = encoded.slice(encoded.lastIndexOf('-'));
  return end === '-' || isCodingSuffix(end) ? `${encoded.slice(0, -end.length)}%2D${end.slice(1)}` : encoded;
}

/**
 * The version that a tag of `versionTag` names, whatever its variant, its content coding or its strength. Never throws.
 *
 * @param tag - as it came in a field
 * @returns the version as a string; null when the tag is not one that `versionTag` makes
 * @example
 * versionOf('"v7-gzip"'); // '7'
 * versionOf('"xyzzy"');   // null
 */
export function versionOf(tag: EntityTag): string | null {
  const plain = uncodedTag(tag.replace(/^W\//, '') as EntityTag);
  // Whether it begins with "v, as a tag of a version does, shows at the end.
  const [version, variant] = plain.slice(2, -1).split(':', 2).map(decodeComponent);
  if (!isVersion(version) || (variant !== undefined && !isText(variant))) return null;
  // One version has one spelling: a tag that decodes to it by another was never sent.
  return versionTag(version as string, variant) === plain ? (version as string) : null;
}

/** The text; empty where the encoding is malformed. */
function decodeComponent(encoded: string): string {
  try {
    return decodeURIComponent(encoded);
  } catch {
    return '';
  }
}
