import { type EntityTag, parseEntityTagList, versionOf } from '@etag/core';
import type { Kind } from './application.ts';
import type { Answer, Question } from './client.ts';
import { type Ledger, versionIn, type Window } from './ledger.ts';

/** A question about a note, and how it is served. */
export interface Asked extends Question {
  readonly kind: Kind;
  readonly note: number;
  /** The tag that its preconditions name; `*` or null where they name none. */
  readonly named: string | null;
}

/** Judges what the server answers by what was current meanwhile. */
export class Judge {
  readonly #ledger: Ledger;
  /** The version that each tag of a content named first, and the tag of each version. */
  readonly #versions = new Map<string, number>();
  readonly #tags = new Map<string, string>();
  /** Versions that the server said it had written. */
  readonly #written = new Set<string>();

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
  }

  /**
   * What is wrong with an answer.
   *
   * @param window - from the question to the answer
   */
  faultsOf(asked: Asked, answer: Answer, window: Window): string[] {
    const faults = this.#faultsOf(asked, answer, window);
    return faults.map((fault) => `${asked.method} ${asked.path} ${JSON.stringify(asked.fields)}: ${fault}`);
  }

  #faultsOf(asked: Asked, answer: Answer, window: Window): string[] {
    const { status } = answer;
    if (status === 412) return this.#ofRefusal(asked, window);
    if (asked.method === 'PUT')
      return status === 200 || status === 204 ? this.#ofWrite(asked, answer, window) : [`${status}`];
    if (status === 304) return this.#ofNotModified(asked, answer, window);
    return status === 200 ? this.#ofContent(asked, answer, window) : [`${status}`];
  }

  /** §13.1.1: only where the tag was not current at some time. */
  #ofRefusal({ note, kind, named, fields }: Asked, window: Window): string[] {
    if (!('if-match' in fields)) return ['412 without If-Match'];
    const version = this.#versionOf(kind, note, named);
    const isCurrent = version !== null && this.#ledger.wasCurrentThroughout(note, version, window);
    return isCurrent ? ['412, though the tag was current throughout'] : [];
  }

  /** §13.1.2: only for a tag that was current between the question and the answer. */
  #ofNotModified({ note, kind, named, fields }: Asked, { etag, content }: Answer, window: Window): string[] {
    if (!('if-none-match' in fields)) return ['304 without If-None-Match'];
    if (content !== '') return ['304 with content'];
    const version = this.#versionOf(kind, note, etag);
    // A tag of a content that nobody was sent yet is that of the version that is current.
    if (version === null) return named === '*' && kind === 'content' ? [] : [`304 with the tag ${etag}`];
    if (!this.#ledger.wasCurrent(note, version, window)) return [`304 with ${etag}, which was not current`];
    const isNamed = named === '*' || this.#versionOf(kind, note, named) === version;
    return isNamed ? [] : [`304 with ${etag}, which was not named`];
  }

  /** A write that went through: it replaced the version it named, and nobody else did. */
  #ofWrite({ note, kind, named }: Asked, { etag }: Answer, window: Window): string[] {
    const expected = named === '*' ? null : this.#versionOf(kind, note, named);
    if (expected !== null && !this.#ledger.wasCurrent(note, expected, window))
      return [`let through, though ${named} was not current`];
    // precondition() alone does not compare and set; see its documentation.
    if (kind === 'guarded') return [];
    const written = this.#versionOf(kind, note, etag);
    if (written === null) return [`written, with the tag ${etag}`];
    if (expected !== null && written !== expected + 1) return [`${named} was replaced by ${etag}: a write is lost`];
    const name = `${note}.${written}`;
    if (this.#written.has(name)) return [`${etag} was written twice: a write is lost`];
    this.#written.add(name);
    return this.#ledger.wasCurrent(note, written, window) ? [] : [`written as ${etag}, which was not current`];
  }

  /** A full response: the content of one version that was current, and a tag that names no later one. */
  #ofContent(asked: Asked, answer: Answer, window: Window): string[] {
    const { note, kind, named, fields, method } = asked;
    const { etag } = answer;
    const namedVersion = this.#versionOf(kind, note, named);
    const wasNamed = namedVersion !== null && this.#ledger.wasCurrentThroughout(note, namedVersion, window);
    if (wasNamed && 'if-none-match' in fields && method === 'GET' && kind !== 'guarded')
      return [`200, though ${named} was current throughout`];
    if (namedVersion !== null && 'if-match' in fields && !this.#ledger.wasCurrent(note, namedVersion, window))
      return [`200, though ${named} was not current`];
    if (kind === 'write' || kind === 'guarded') return [];
    if (method === 'HEAD') return answer.content === '' ? [] : ['HEAD with content'];
    const version = versionIn(note, textOf(answer));
    if (version === null) return [`content of no version: ${answer.content.slice(0, 40)}… (${answer.content.length})`];
    if (!this.#ledger.wasCurrent(note, version, window)) return [`content of ${version}, which was not current`];
    if (kind === 'content') return this.#remember(note, etag, version);
    const tagged = this.#versionOf(kind, note, etag);
    // What is asked before the handler may be older than what the handler finds: the next request gets it.
    const isRight = tagged !== null && (kind === 'early' ? tagged <= version : tagged === version);
    if (!isRight) return [`content of ${version} with the tag ${etag}`];
    return this.#ledger.wasCurrent(note, tagged, window) ? [] : [`tag ${etag}, which was not current`];
  }

  /** A tag of content names one content. */
  #remember(note: number, etag: string | null, version: number): string[] {
    if (etag === null) return ['content without a tag'];
    const tag = plain(etag);
    const content = `${note}.${version}`;
    const [knownTag, knownVersion] = [this.#tags.get(content), this.#versions.get(`${note}.${tag}`)];
    this.#tags.set(content, tag);
    this.#versions.set(`${note}.${tag}`, version);
    return (knownTag ?? tag) === tag && (knownVersion ?? version) === version
      ? []
      : [`${etag} for ${content}, before ${knownTag}`];
  }

  #versionOf(kind: Kind, note: number, tag: string | null): number | null {
    if (tag === null || tag === '*') return null;
    const [only] = parseEntityTagList(tag) ?? [];
    if (!only) return null;
    if (kind === 'content') return this.#versions.get(`${note}.${plain(only)}`) ?? null;
    const version = versionOf(only as EntityTag);
    return version === null ? null : Number(version);
  }
}

/** A tag without what says that it is weak, or of coded content. */
function plain(tag: string): string {
  return tag.replace(/^W\//, '').replace(/-(?:gzip|br|deflate|zstd)"$/, '"');
}

/** The text of the note; of a read of a store, it is in JSON. */
function textOf({ type, content }: Answer): string {
  if (!type?.startsWith('application/json')) return content;
  try {
    return JSON.parse(content).text;
  } catch {
    return content;
  }
}
