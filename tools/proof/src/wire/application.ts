import { replace } from '@etag/concurrency';
import { memoryStore } from '@etag/concurrency/memory';
import type { EntityTag } from '@etag/core';
import type { Application } from 'adapter-suite';

/** Text that is longer in UTF-8 than in characters. */
export const TEXT = 'h\u00e9llo \u2603';
/** A tag with obs-text, as the bytes of its line. */
export const OBS_TAG: EntityTag = '"caf\xe9"';

/** What an application may take for a tag: each would end its line, if it were written as it is. */
export const INJECTED: readonly string[] = [
  '"a"\r\nX-Injected: 1',
  '"a\r\nX-Injected: 1"',
  '"a"\r\n\r\nHTTP/1.1 200 OK\r\nX-Injected: 1\r\n\r\n',
  '"a"\nX-Injected: 1',
  '"a"\rX-Injected: 1',
  '"a\0"',
  // What a line of bytes makes of these is CR LF.
  '"a"\u010d\u010aX-Injected: 1',
  '"\ud800"',
  'a',
  '',
];

const injectedBy = (url: string) =>
  INJECTED[Number(new URL(url, 'http://localhost').searchParams.get('n'))] as EntityTag;
const quiet = { onDecision: () => {} };

/** What each adapter serves to a raw socket. */
export function wireApplication(): Application {
  const notes = memoryStore<string>();
  const text = { 'content-type': 'text/plain; charset=utf-8' };
  async function* chunks() {
    yield new TextEncoder().encode(TEXT);
  }
  return {
    tags: quiet,
    resources: [
      { path: '/content', handle: () => ({ text: TEXT, headers: text }) },
      { path: '/json', handle: () => ({ json: { text: TEXT } }) },
      { path: '/bytes', handle: () => ({ bytes: new TextEncoder().encode(TEXT), headers: text }) },
      { path: '/early', current: () => ({ etag: '"v7"' }), handle: () => ({ text: TEXT, headers: text }) },
      { path: '/obs-early', current: () => ({ etag: OBS_TAG }), handle: () => ({ text: TEXT, headers: text }) },
      { path: '/obs-own', handle: () => ({ text: TEXT, headers: { ...text, etag: OBS_TAG } }) },
      { path: '/obs-json', handle: () => ({ json: { text: TEXT }, headers: { etag: OBS_TAG } }) },
      { path: '/stream', handle: () => ({ chunks: chunks(), headers: { ...text, etag: '"v7"' } }) },
      {
        path: '/trailer',
        handle: () => ({ chunks: chunks(), headers: { ...text, etag: '"v7"', trailer: 'Server-Timing' } }),
      },
      {
        path: '/injected',
        current: ({ url }) => ({ etag: injectedBy(url) }),
        options: quiet,
        handle: () => ({ text: TEXT, headers: text }),
      },
      {
        path: '/note',
        handle: () => ({ text: TEXT, headers: text }),
        write: (expected, { url }) => replace(notes, '1', url, expected),
      },
      { path: '/guarded', current: () => ({ etag: '"v7"' }), require: true, handle: () => ({ status: 204 }) },
    ],
  };
}
