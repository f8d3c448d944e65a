import { field } from '@etag/wire';
import { type Check, failed, passed, skipped } from '../check.ts';
import { firstWrite, isDone } from '../draft.ts';
import type { Promises } from '../promises.ts';
import { answered304, hitOf } from '../revalidation.ts';
import type { Subject } from '../subject.ts';
import { UNKNOWN } from './reads.ts';
import { write } from './writes.ts';

/** Why a promise cannot be looked at; null where it was made. */
function unpromised({ settings }: Subject, name: keyof Promises): string | null {
  if (!settings.promises) return 'There is no OpenAPI document (--openapi).';
  return settings.promises[name] ? null : 'The OpenAPI document does not promise it.';
}

/** A check of a field that the document says is in the response. */
function promisedField(promise: 'tag' | 'modified', name: string) {
  return async (subject: Subject) => {
    const why = unpromised(subject, promise);
    if (why !== null) return skipped(why);
    const { plain } = subject;
    return field(plain.response.headers, name) === null ? failed(name, 'a response without it', plain) : passed;
  };
}

/** A check of a PUT that the document says is refused. */
function promisedRefusal(promise: 'refusal' | 'requirement', status: number, ifMatch: string | null) {
  return async (subject: Subject) => {
    const reason = unpromised(subject, promise);
    if (reason !== null) return skipped(reason);
    const { why } = await firstWrite(subject);
    if (why !== null) return skipped(why);
    const { sent } = await write(subject, ifMatch === null ? [] : [['If-Match', ifMatch]]);
    if (sent.response.status === status) return passed;
    const outcome = isDone(sent) ? ': it was written' : '';
    return failed(`status ${status}`, `status ${sent.response.status}${outcome}`, sent);
  };
}

/** What the OpenAPI document of an endpoint promises. */
export const promiseChecks: readonly Check[] = [
  {
    id: 'promise-tag',
    title: 'the response has the ETag that the OpenAPI document describes',
    section: 'RFC 9110 §8.8.3',
    severity: 'error',
    fix: 'Send the ETag, or take it out of the document: clients are generated from it.',
    run: promisedField('tag', 'ETag'),
  },
  {
    id: 'promise-modified',
    title: 'the response has the Last-Modified that the OpenAPI document describes',
    section: 'RFC 9110 §8.8.2',
    severity: 'error',
    fix: 'Send Last-Modified, or take it out of the document: clients are generated from it.',
    run: promisedField('modified', 'Last-Modified'),
  },
  {
    id: 'promise-not-modified',
    title: 'a GET is answered 304 where the OpenAPI document says so',
    section: 'RFC 9110 §15.4.5',
    severity: 'error',
    fix: 'Evaluate If-None-Match on this path, or take the 304 and If-None-Match out of the document. With @etag: app.use(etag()).',
    async run(subject) {
      const why = unpromised(subject, 'notModified');
      if (why !== null) return skipped(why);
      const modified = field(subject.plain.response.headers, 'last-modified');
      if (subject.tag) return answered304(subject, [['If-None-Match', subject.tag]]);
      if (modified !== null) return answered304(subject, [['If-Modified-Since', modified]]);
      return failed('status 304', 'neither ETag nor Last-Modified, so that nobody can ask for one', subject.plain);
    },
  },
  {
    id: 'promise-unsaid',
    title: 'an OpenAPI document names the 304 that the server answers',
    section: 'RFC 9110 §15.4.5',
    severity: 'note',
    fix: 'Add ETag to the headers of the 200, and a response 304, to the document: clients that are generated from it take a 304 for an error.',
    async run(subject) {
      if (!subject.settings.promises) return skipped('There is no OpenAPI document (--openapi).');
      if (subject.settings.promises.notModified) return passed;
      if (!subject.tag) return skipped('There is no tag.');
      const sent = await hitOf(subject);
      return sent.response.status === 304 ? failed('a response 304 in the document', 'status 304', sent) : passed;
    },
  },
  {
    id: 'promise-refusal',
    title: 'a PUT with a tag that is not current is answered 412 where the OpenAPI document says so',
    section: 'RFC 9110 §15.5.13',
    severity: 'critical',
    fix: 'Evaluate If-Match on this path, or take it out of the document: clients rely on it, and overwrite what others saved.',
    run: promisedRefusal('refusal', 412, UNKNOWN),
  },
  {
    id: 'promise-requirement',
    title: 'a PUT without a precondition is answered 428 where the OpenAPI document says so',
    section: 'RFC 6585 §3',
    severity: 'error',
    fix: 'Answer 428 where If-Match is missing, or take the 428 out of the document. With @etag: expectation(request, { require: true }).',
    run: promisedRefusal('requirement', 428, null),
  },
];
