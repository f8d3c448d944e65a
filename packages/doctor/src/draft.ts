import { type EntityTag, isWeak } from '@etag/core';
import { type FieldLine, field } from '@etag/wire';
import type { SendOptions, Sent } from './probe.ts';
import { contentOf, type Subject, tagOf } from './subject.ts';

/** What the content of a write carries, so that a read shows which write it was. */
const MARKER = /etag-doctor-[a-z0-9]+-[a-z0-9-]+/;

/** Members of JSON that may hold any text, the likeliest first. */
const TEXT_MEMBERS = ['text', 'body', 'content', 'description', 'title', 'name'];

let serial = 0;
const run = Math.random().toString(36).slice(2, 8);

/** A marker that no other write has. */
export function newMarker(name = 'write'): string {
  serial++;
  return `etag-doctor-${run}-${name}-${serial}`;
}

/** The marker in the content of a response; null when there is none. */
export function markerOf({ response }: Sent): string | null {
  return MARKER.exec(contentOf(response))?.[0] ?? null;
}

/** The content of a response with a marker in it; null when there is no place for one. */
export function marked({ response }: Sent, marker: string): Uint8Array | null {
  const type = field(response.headers, 'content-type') ?? '';
  const text = Buffer.from(contentOf(response), 'latin1').toString();
  if (/json/i.test(type)) return markedJson(text, marker);
  return /^text\//i.test(type) ? Buffer.from(`${text.trimEnd()}\n${marker}\n`) : null;
}

function markedJson(text: string, marker: string): Uint8Array | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  const texts = Object.entries(value).flatMap(([name, member]) => (typeof member === 'string' ? [name] : []));
  const name = TEXT_MEMBERS.find((one) => texts.includes(one)) ?? texts[0];
  return name === undefined ? null : Buffer.from(JSON.stringify({ ...value, [name]: marker }));
}

/** PUT of some content, in the type that the resource is read in. */
export function put(
  subject: Subject,
  content: Uint8Array,
  headers: readonly FieldLine[],
  options: SendOptions = {},
): Promise<Sent> {
  const type = field(subject.plain.response.headers, 'content-type');
  const typed: FieldLine[] = type === null ? [] : [['Content-Type', type]];
  return subject.send({ method: 'PUT', headers: [...typed, ...headers], content }, options);
}

/** The tag of the current state, read anew; null when it has none. */
export async function currentTag(subject: Subject): Promise<EntityTag | null> {
  return tagOf((await subject.fresh()).response);
}

/** Whether a write was done, as far as its status says. */
export const isDone = ({ response }: Sent) => response.status >= 200 && response.status < 300;

/** A write with the tag that was read just before it. */
export interface FirstWrite {
  /** Null where nothing could be sent; `why` says so. */
  readonly sent: Sent | null;
  readonly tag: EntityTag | null;
  /** Why the writes of an audit are not possible; null when they are. */
  readonly why: string | null;
}

/** The status codes of a server that would not take this PUT from anybody. */
const NOT_WRITABLE = [400, 401, 403, 404, 405, 415, 422, 501];

const NO_TEXT = 'Its content has no text to change: neither JSON with a string, nor text.';

/** Why the endpoint must not be written to; null when it may. What was not read whole could not be put back. */
function unwritable({ settings, plain }: Subject): string | null {
  if (!settings.write) return 'Writes are not allowed (--write).';
  if (plain.response.isCut) return 'Its content is longer than an audit reads.';
  const isCoded = field(plain.response.headers, 'content-encoding') !== null;
  return isCoded ? 'Its content is coded although it was asked for without.' : null;
}

/** The first write of an audit, which shows whether the endpoint takes writes at all. */
export function firstWrite(subject: Subject): Promise<FirstWrite> {
  return subject.once('first write', async () => {
    const nothing = { sent: null, tag: null };
    const unwritten = unwritable(subject);
    if (unwritten !== null) return { ...nothing, why: unwritten };
    const content = marked(subject.plain, newMarker());
    if (!content) return { ...nothing, why: NO_TEXT };
    const tag = await currentTag(subject);
    const sent = await put(subject, content, tag ? [['If-Match', tag]] : []);
    const { status } = sent.response;
    return { sent, tag, why: NOT_WRITABLE.includes(status) ? `PUT is answered ${status}.` : null };
  });
}

/**
 * Puts back what an audit found.
 *
 * @returns whether it is there again
 */
export async function restore(subject: Subject): Promise<boolean> {
  const original = Buffer.from(contentOf(subject.plain.response), 'latin1');
  const needed = { isNeeded: true };
  const now = await subject.fresh([], needed);
  if (markerOf(now) === null) return true;
  const tag = tagOf(now.response);
  // A weak tag guards nothing: with it a right server refuses whatever is put back.
  const guard: FieldLine[] = tag && !isWeak(tag) ? [['If-Match', tag]] : [];
  return isDone(await put(subject, original, guard, needed));
}
