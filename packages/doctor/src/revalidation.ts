import { weakCompare } from '@etag/core';
import type { FieldLine } from '@etag/wire';
import { failed, passed, skipped, type Verdict } from './check.ts';
import type { Sent } from './probe.ts';
import { contentOf, type Subject, tagOf } from './subject.ts';

/** Whether a full response is that of another state than the first read. */
function isOfAnotherState({ plain, tag }: Subject, { response }: Sent): boolean {
  const now = tagOf(response);
  if (tag && now) return !weakCompare(tag, now);
  return !response.isCut && contentOf(response) !== contentOf(plain.response);
}

/** The revalidation of the plain read by its tag, which most checks build upon. */
export function hitOf(subject: Subject): Promise<Sent> {
  return subject.read([['If-None-Match', subject.tag as string]]);
}

/** Why nothing can be said about revalidations; null when the tag is answered 304. */
export async function unusable(subject: Subject): Promise<string | null> {
  if (!subject.tag) return 'There is no tag.';
  const { response } = await hitOf(subject);
  return response.status === 304 ? null : 'Its tag is not answered 304 at all; see read-hit.';
}

/** The verdict on a read that has to be answered 304. */
export async function answered304(subject: Subject, headers: readonly FieldLine[]): Promise<Verdict> {
  const sent = await subject.read(headers);
  const { status } = sent.response;
  if (status === 304) return passed;
  if (status === 200 && isOfAnotherState(subject, sent)) return skipped('The resource changed meanwhile.');
  return failed('status 304', `status ${status}`, sent);
}

const FULL = 'status 200, with the content';

/** The verdict on a read that must not be answered 304; what is malformed in it may be refused, but must break nothing. */
export async function notAnswered304(subject: Subject, headers: readonly FieldLine[]): Promise<Verdict> {
  const sent = await subject.read(headers);
  const { status } = sent.response;
  if (status === 304) return failed(FULL, 'status 304', sent);
  return status >= 500 ? unlessAlways(subject, sent, `status ${status}`) : passed;
}

/** The verdict on a read that has to be answered with the content. */
export async function answeredInFull(subject: Subject, headers: readonly FieldLine[]): Promise<Verdict> {
  const sent = await subject.read(headers);
  const { status, body } = sent.response;
  if (status === 304) return failed(FULL, 'status 304', sent);
  if (status !== 200) return unlessAlways(subject, sent, `status ${status}`);
  const isEmpty = body.length === 0 && subject.plain.response.body.length > 0;
  return isEmpty ? unlessAlways(subject, sent, 'status 200, without content') : passed;
}

/** A failure, unless a plain read is answered like it by now. */
async function unlessAlways(subject: Subject, sent: Sent, seen: string): Promise<Verdict> {
  const { status, body } = (await subject.fresh()).response;
  const isLike = status === sent.response.status && (body.length === 0) === (sent.response.body.length === 0);
  return isLike ? skipped('A plain read is answered like it by now.') : failed(FULL, seen, sent);
}
