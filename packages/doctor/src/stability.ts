import { type EntityTag, isWeak } from '@etag/core';
import type { Sent } from './probe.ts';
import { contentDigestOf, tagOf } from './subject.ts';

/** What reads of one resource, one after another, show of its tag. */
export type Stability =
  | { readonly kind: 'stable' }
  /** The same content, and another tag each time. */
  | { readonly kind: 'per-request'; readonly tags: readonly EntityTag[]; readonly sent: readonly Sent[] }
  /** The same content, and a few tags that come again and again. */
  | { readonly kind: 'per-node'; readonly tags: readonly EntityTag[]; readonly sent: readonly Sent[] }
  /** One strong tag for two contents. */
  | { readonly kind: 'shared'; readonly tags: readonly EntityTag[]; readonly sent: readonly Sent[] }
  /** Other content each time. */
  | { readonly kind: 'content'; readonly sent: readonly Sent[] }
  /** It changed in between, as resources do. */
  | { readonly kind: 'changed' };

/** How few reads say nothing about a pattern. */
const FEW = 3;

/** What became of a tag over some reads. */
export function stabilityOf(reads: readonly Sent[]): Stability {
  const read = reads.filter(({ response }) => response.status === 200 && !response.isCut);
  const seen = read.map((sent) => ({ sent, tag: tagOf(sent.response), content: contentDigestOf(sent.response) }));
  const tagged = seen.flatMap(({ tag, ...rest }) => (tag ? [{ tag, ...rest }] : []));
  const shared = tagged.flatMap((one) => {
    const other = tagged.find(({ tag, content }) => tag === one.tag && content !== one.content);
    return other && !isWeak(one.tag) ? [{ tag: one.tag, sent: [one.sent, other.sent] }] : [];
  })[0];
  if (shared) return { kind: 'shared', tags: [shared.tag], sent: shared.sent };
  const contents = new Set(seen.map(({ content }) => content));
  if (contents.size > 1) {
    const isAlwaysNew = contents.size === seen.length && seen.length >= FEW;
    return isAlwaysNew ? { kind: 'content', sent: read.slice(0, 2) } : { kind: 'changed' };
  }
  return patternOf(tagged);
}

function patternOf(tagged: readonly { tag: EntityTag; sent: Sent }[]): Stability {
  const tags = tagged.map(({ tag }) => tag);
  const distinct = [...new Set(tags)];
  if (distinct.length <= 1) return { kind: 'stable' };
  const sent = distinct.flatMap((tag) => tagged.find((one) => one.tag === tag)?.sent ?? []);
  if (distinct.length === tags.length) {
    return tags.length < FEW ? { kind: 'changed' } : { kind: 'per-request', tags: distinct, sent: sent.slice(0, 2) };
  }
  // A tag that comes back after another one was not replaced by it.
  const comesBack = tags.some((tag, index) => tags[index - 1] !== tag && tags.slice(0, index).includes(tag));
  return comesBack ? { kind: 'per-node', tags: distinct, sent } : { kind: 'changed' };
}
