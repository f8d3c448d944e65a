import { available } from 'servers';
import { describe, expect, it } from 'vitest';
import { subjects } from '../test/subjects.ts';
import { audit } from './audit.ts';

// What is known of servers that nobody here wrote; docs/origins.md has all that was found.

const known: Record<string, readonly string[]> = {
  nginx: ['coding-vary', 'date-beside-matching-tag', 'coding-tag-weakened', 'date-later'],
  Apache: ['coding-hit', 'date-beside-matching-tag'],
  lighttpd: ['read-if-match', 'date-if-unmodified-since'],
  serve: ['range-stale', 'read-list'],
  'http-server': ['range-stale', 'range-later-date', 'tag-weak'],
  sirv: ['range-stale', 'read-list', 'read-other-form'],
  'express.static': ['range-later-date', 'range-weak', 'read-no-cache'],
};

describe.each(Object.entries(known))('%s', async (name, ids) => {
  const subject = subjects.find((one) => one.name === name);
  const running = await available(name, async () => subject?.start());

  it.skipIf(!running)(`fails ${ids.join(', ')}`, async () => {
    if (!running) return;
    try {
      const { findings } = await audit(running.url);
      expect(findings.map(({ id }) => id)).toEqual(expect.arrayContaining([...ids]));
    } finally {
      await running.stop();
    }
  });
});
