import { type EntityTag, isWeak } from '@etag/core';
import { type FieldLine, field, type WireResponse } from '@etag/wire';
import type { SendOptions, Sent } from './probe.ts';
import { contentOf, type Subject, tagOf } from './subject.ts';

/** Members of JSON that may hold any text, the likeliest first. */
const TEXT_MEMBERS = ['text', 'body', 'content', 'description', 'title', 'name'];

let serial = 0;
const run = Math.random().toString(36).slice(2, 8);

/** What the content of a write carries, so that a read shows which write it was: not one of an earlier run that was cut off. */
const MARKER = new RegExp(`etag-doctor-${run}-[a-z0-9-]+`);

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

/** A text as a JSON object; null where it is none. */
function objectOf(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : null;
  } catch {
    return null;
  }
}

/** The member that takes the marker; undefined where no member is a string. */
function textMemberOf(value: Record<string, unknown>): string | undefined {
  const texts = Object.keys(value).filter((name) => typeof value[name] === 'string');
  return TEXT_MEMBERS.find((one) => texts.includes(one)) ?? texts[0];
}

function markedJson(text: string, marker: string): Uint8Array | null {
  const value = objectOf(text);
  const name = value ? textMemberOf(value) : undefined;
  return name === undefined ? null : Buffer.from(JSON.stringify({ ...value, [name]: marker }));
}

/** Whether a read shows what was there before: the same bytes, or the same JSON but for what the server counts itself. */
function isAsBefore({ plain }: Subject, now: Sent): boolean {
  if (now.response.status !== 200) return false;
  const [then, text] = [contentOf(plain.response), contentOf(now.response)];
  if (then === text) return true;
  const [old, value] = [objectOf(then), objectOf(text)];
  const name = old && textMemberOf(old);
  if (!old || !value || !name) return false;
  return value[name] === old[name] && Object.keys(old).every((member) => member in value);
}

/** PUT of some content, in the type that the resource is read in. */
export async function put(
  subject: Subject,
  content: Uint8Array,
  headers: readonly FieldLine[],
  options: SendOptions = {},
): Promise<Sent> {
  const type = field(subject.plain.response.headers, 'content-type');
  const typed: FieldLine[] = type === null ? [] : [['Content-Type', type]];
  try {
    const sent = await subject.send({ method: 'PUT', headers: [...typed, ...headers], content }, options);
    const { status } = sent.response;
    subject.wrote(isDone(sent) ? 'done' : status >= 500 ? 'unknown' : 'refused');
    return sent;
  } catch (error) {
    subject.wrote('unknown');
    throw error;
  }
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
  /** Whether the next read shows the content that was written. */
  readonly isShown: boolean;
}

/** The status codes of a server that would not take this PUT from anybody. */
const NOT_WRITABLE = [400, 401, 403, 404, 405, 415, 422, 501];

const NO_TEXT = 'Its content has no text to change: neither JSON with a string, nor text.';

/** Why a check that looks for what was written says nothing. */
export const NOT_SHOWN = 'The next read does not show what was written: it is stored otherwise, or later.';

/** Why the endpoint must not be written to; null when it may. What was not read whole could not be put back. */
function unwritable({ settings, plain }: Subject): string | null {
  if (!settings.write) return 'Writes are not allowed (--write).';
  if (plain.response.isCut) return 'Its content is longer than an audit reads.';
  const isCoded = field(plain.response.headers, 'content-encoding') !== null;
  return isCoded ? 'Its content is coded although it was asked for without.' : null;
}

/** Why a server takes no PUT of this audit; null when it may take one. */
function notTaken({ status }: WireResponse): string | null {
  // A redirect leads to a login, or to another resource.
  const isRedirect = status >= 300 && status < 400;
  return isRedirect || NOT_WRITABLE.includes(status) ? `PUT is answered ${status}.` : null;
}

/** The first write of an audit, which shows whether the endpoint takes writes at all. */
export function firstWrite(subject: Subject): Promise<FirstWrite> {
  return subject.once('first write', async () => {
    const nothing = { sent: null, tag: null, isShown: false };
    const unwritten = unwritable(subject);
    if (unwritten !== null) return { ...nothing, why: unwritten };
    const marker = newMarker();
    const content = marked(subject.plain, marker);
    if (!content) return { ...nothing, why: NO_TEXT };
    const tag = await currentTag(subject);
    const sent = await put(subject, content, tag ? [['If-Match', tag]] : []);
    const isShown = isDone(sent) && markerOf(await subject.fresh()) === marker;
    return { sent, tag, why: notTaken(sent.response), isShown };
  });
}

/** Whether what is there now is of this audit, so that it has to go. */
async function isOwn(subject: Subject, now: Sent): Promise<boolean> {
  if (markerOf(now) !== null) return true;
  if (subject.writes === 'refused') return false;
  const isShown = await firstWrite(subject).then(
    (first) => first.isShown,
    () => false,
  );
  // Where markers are shown, content without one was written by somebody else.
  return !(isShown && now.response.status === 200);
}

/**
 * Puts back what an audit found.
 *
 * @returns whether a read shows it again, or what somebody else wrote meanwhile; null where nothing was written
 */
export async function restore(subject: Subject): Promise<boolean | null> {
  if (subject.writes === null) return null;
  const needed = { isNeeded: true };
  const now = await subject.fresh([], needed);
  if (isAsBefore(subject, now) || !(await isOwn(subject, now))) return true;
  const tag = tagOf(now.response);
  // A weak tag guards nothing: with it a right server refuses whatever is put back.
  const guard: FieldLine[] = tag && !isWeak(tag) ? [['If-Match', tag]] : [];
  const original = Buffer.from(contentOf(subject.plain.response), 'latin1');
  const sent = await put(subject, original, guard, needed);
  return isDone(sent) && isAsBefore(subject, await subject.fresh([], needed));
}
