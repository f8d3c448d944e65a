import { createHash } from 'node:crypto';
import { type EntityTag, parseEntityTag, parseHttpDate } from '@etag/core';
import { decoded, type FieldLine, field, fieldLines, type WireRequest, type WireResponse } from '@etag/wire';
import type { Settings } from './options.ts';
import type { Sender, SendOptions, Sent } from './probe.ts';

/** The tag of a response; null where it has none, several, or one that is malformed. */
export function tagOf({ headers }: WireResponse): EntityTag | null {
  const lines = fieldLines(headers, 'etag');
  return lines.length === 1 ? parseEntityTag(lines[0] as string) : null;
}

/** The time of last modification in ms; null where there is none, or it is malformed. */
export function modifiedOf({ headers }: WireResponse): number | null {
  return parseHttpDate(field(headers, 'last-modified') ?? '');
}

/** Whether no cache may keep a response. */
export function isNoStore({ headers }: WireResponse): boolean {
  return /\bno-store\b/i.test(field(headers, 'cache-control') ?? '');
}

/** The content coding of a response, in lower case; null where it is not coded. */
export function codingOf({ headers }: WireResponse): string | null {
  // RFC 9110 §8.4.1.3: x-gzip is gzip
  return (
    field(headers, 'content-encoding')
      ?.toLowerCase()
      .replace(/^x-gzip$/, 'gzip') ?? null
  );
}

/** Whether a response offers ranges of bytes. */
export function offersRanges({ headers }: WireResponse): boolean {
  // RFC 9110 §14.1: the names of range units do not distinguish case
  return /(^|,)[ \t]*bytes[ \t]*(,|$)/i.test(field(headers, 'accept-ranges') ?? '');
}

/** How many bytes of content are compared, once its coding is removed. */
const MOST_CONTENT = 8 * 1024 * 1024;

/**
 * The content of a response without its coding, as text of one character a byte.
 *
 * @throws Error where it is longer than an audit reads, or not in the coding that the head names
 */
export function contentOf(response: WireResponse): string {
  return Buffer.from(decoded(response, { maxBytes: MOST_CONTENT })).toString('latin1');
}

/** What two responses share when their content is the same. */
export function contentDigestOf(response: WireResponse): string {
  return createHash('sha256')
    .update(decoded(response, { maxBytes: MOST_CONTENT }))
    .digest('base64');
}

/** The reads among some exchanges that were answered in full, whatever was asked for, and whose content is known. */
function fullReadsOf(recorded: readonly Sent[]): readonly Sent[] {
  const reads = recorded.filter(({ request, response }) => request.method === 'GET' && response.status === 200);
  const known = reads.filter(({ response }) => !response.isCut);
  if (known.length < 2) throw new Error('The recording has not two reads with their content.');
  return known;
}

/** How many times the usual number of reads are done where each of them had a tag of its own. */
const MORE = 3;

/** Whether the same content had another tag each time. */
function isAlwaysNew(reads: readonly Sent[]): boolean {
  const tags = reads.map(({ response }) => tagOf(response));
  const hasOneContent = new Set(reads.map(({ response }) => contentDigestOf(response))).size === 1;
  return reads.length > 1 && !tags.includes(null) && new Set(tags).size === tags.length && hasOneContent;
}

/** Asks for content without a coding. */
const PLAIN: readonly FieldLine[] = [['Accept-Encoding', 'identity']];

/** What becomes of a write, from the least to the most. */
const OUTCOMES = ['refused', 'unknown', 'done'] as const;
type Outcome = (typeof OUTCOMES)[number];

/** The endpoint that is audited, and what is known of it. Reads that several checks need are sent once. */
export class Subject {
  readonly url: URL;
  readonly settings: Settings;
  /** The first read, without preconditions and without a coding. */
  readonly plain: Sent;
  /** The tag of that read; null where it has none that is well-formed. */
  readonly tag: EntityTag | null;
  /** When the resource was last modified, in ms; null when unknown. */
  readonly modified: number | null;
  /** All exchanges with the endpoint that were recorded, in their order; null where it is asked itself. */
  readonly recorded: readonly Sent[] | null;
  #writes: Outcome | null = null;
  readonly #sender: Sender;
  readonly #reads = new Map<string, Promise<Sent>>();
  readonly #once = new Map<string, Promise<unknown>>();

  constructor(sender: Sender, plain: Sent, recorded: readonly Sent[] | null = null) {
    this.url = plain.url;
    this.settings = sender.settings;
    this.plain = plain;
    this.tag = tagOf(plain.response);
    this.modified = modifiedOf(plain.response);
    this.recorded = recorded;
    this.#sender = sender;
  }

  /** GET with these fields, without a coding unless they ask for one; the same exchange for the same fields. */
  read(headers: readonly FieldLine[] = [], options: SendOptions = {}): Promise<Sent> {
    return this.#kept('GET', headers, options);
  }

  /** HEAD, as `read`. */
  head(headers: readonly FieldLine[] = []): Promise<Sent> {
    return this.#kept('HEAD', headers, {});
  }

  /** A new read, whatever was read before. */
  fresh(headers: readonly FieldLine[] = [], options: SendOptions = {}): Promise<Sent> {
    return this.send({ method: 'GET', headers }, options);
  }

  /** Any request to the endpoint, or to another path of its origin. */
  send(request: Omit<WireRequest, 'path'> & { path?: string }, options: SendOptions = {}): Promise<Sent> {
    const { pathname, search } = this.url;
    const coding = field(request.headers, 'accept-encoding') === null ? PLAIN : [];
    const headers = [...coding, ...request.headers];
    return this.#sender.send(this.url, { path: pathname + search, ...request, headers }, options);
  }

  /** The most that became of a write so far; null where none was sent. */
  get writes(): Outcome | null {
    return this.#writes;
  }

  /** Another write was sent. */
  wrote(outcome: Outcome): void {
    const now = this.#writes;
    this.#writes = now === null || OUTCOMES.indexOf(outcome) > OUTCOMES.indexOf(now) ? outcome : now;
  }

  /** Reads one after another, each on a connection of its own, the first one included. */
  repeats(): Promise<readonly Sent[]> {
    return this.once('repeats', () => this.#repeat());
  }

  /** Does something the first time, and gives its result to all that ask for it by this name. */
  once<T>(name: string, run: () => Promise<T>): Promise<T> {
    const kept = (this.#once.get(name) as Promise<T> | undefined) ?? run();
    this.#once.set(name, kept);
    return kept;
  }

  async #repeat(): Promise<readonly Sent[]> {
    if (this.recorded) return fullReadsOf(this.recorded);
    const reads = [this.plain];
    const { repeats } = this.settings;
    while (reads.length < repeats) reads.push(await this.fresh());
    // Behind a name there may be as many nodes as there were reads: then a tag comes back only later.
    while (reads.length < repeats * MORE && isAlwaysNew(reads)) reads.push(await this.fresh());
    return reads;
  }

  #kept(method: string, headers: readonly FieldLine[], options: SendOptions): Promise<Sent> {
    const key = JSON.stringify([method, headers, options.address, options.keepAlive, options.isStranger]);
    const kept = this.#reads.get(key) ?? this.send({ method, headers }, options);
    this.#reads.set(key, kept);
    return kept;
  }
}
