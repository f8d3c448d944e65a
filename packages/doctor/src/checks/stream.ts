import { field } from '@etag/wire';
import { type Check, failed, passed, skipped } from '../check.ts';
import { isEventStream } from '../probe.ts';

/** The longest until a stream shows that it is there, in ms. */
const SOON = 1000;

/** Responses that never end. */
export const streamChecks: readonly Check[] = [
  {
    id: 'stream-starts',
    title: 'an event stream starts at once, and has no tag',
    section: 'HTML §9.2',
    severity: 'error',
    fix: 'Something collects the stream before it sends it: a middleware that makes tags, that compresses, or a proxy (nginx: proxy_buffering off). Leave text/event-stream out, and send a comment line at the start. @etag does not touch event streams.',
    curl: ['-N', '-m', '5', '-w', 'first byte after %{time_starttransfer} s'],
    isLive: true,
    async run({ plain }) {
      const { headers, firstByteAfter, completeAfter } = plain.response;
      if (!isEventStream(headers)) return skipped('It is not an event stream.');
      const [length, tag] = ['content-length', 'etag'].map((name) => field(headers, name));
      if (tag) return failed('an event stream without a tag', `ETag: ${tag}`, plain);
      if (length) return failed('an event stream of unknown length', `Content-Length: ${length}`, plain);
      const after = Math.round(firstByteAfter ?? completeAfter);
      return after <= SOON ? passed : failed(`content within ${SOON} ms`, `after ${after} ms`, plain);
    },
  },
];
