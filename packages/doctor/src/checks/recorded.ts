import { isWeak } from '@etag/core';
import { type FieldLine, field } from '@etag/wire';
import { type Check, failed, passed, skipped } from '../check.ts';
import type { Sent } from '../probe.ts';
import { tagOf } from '../subject.ts';

const NOT_RECORDED = 'Only a recording shows what clients send (--har).';
const WRITES = ['PUT', 'PATCH', 'DELETE'];

const hasAny = (headers: readonly FieldLine[], names: readonly string[]) =>
  names.some((name) => field(headers, name) !== null);

/** Whether a read was answered in full, and asked for nothing else. */
function isFullRead({ request: { method, headers }, response: { status } }: Sent): boolean {
  return method === 'GET' && status === 200 && !hasAny(headers, ['If-None-Match', 'If-Modified-Since', 'Range']);
}

/** What the clients of a recording did. */
export const recordedChecks: readonly Check[] = [
  {
    id: 'client-asks-again',
    title: 'a client that was given a tag asks with it',
    section: 'RFC 9111 §4.3.1',
    severity: 'warning',
    fix: 'Let the client keep the response with its tag, and send If-None-Match: browsers do it unless the response says no-store or the page says cache: "no-store" or "reload". In a program, @etag/client does it.',
    async run({ recorded }) {
      if (!recorded) return skipped(NOT_RECORDED);
      const reads = recorded.filter(isFullRead);
      const again = reads.find((sent, index) => {
        const tag = tagOf(sent.response);
        return tag !== null && reads.slice(0, index).some(({ response }) => tagOf(response) === tag);
      });
      if (reads.length < 2) return skipped('It was not read twice.');
      if (!again) return passed;
      return failed('If-None-Match', `the same content again, under ${tagOf(again.response)}`, again);
    },
  },
  {
    id: 'client-guards',
    title: 'a client that was given a tag writes with it',
    section: 'RFC 9110 §13.1.1',
    severity: 'warning',
    fix: 'Send If-Match with the tag that was read, so that the write does not overwrite what somebody else saved meanwhile. In a program, update() of @etag/client does it.',
    async run({ recorded }) {
      if (!recorded) return skipped(NOT_RECORDED);
      const tagged = recorded.findIndex(({ response }) => {
        const tag = tagOf(response);
        return response.status === 200 && tag !== null && !isWeak(tag);
      });
      if (tagged < 0) return skipped('There is no strong tag.');
      const writes = recorded.slice(tagged + 1).filter(({ request }) => WRITES.includes(request.method));
      if (writes.length === 0) return skipped('It was not written.');
      const blind = writes.find(({ request, response }) => {
        const isDone = response.status >= 200 && response.status < 300;
        return isDone && !hasAny(request.headers, ['If-Match', 'If-None-Match', 'If-Unmodified-Since']);
      });
      if (!blind) return passed;
      const { status } = blind.response;
      return failed('If-Match', `${blind.request.method} without a precondition, answered ${status}`, blind);
    },
  },
];
