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
  Django: ['read-head', 'coding-tag-weakened', 'not-modified-vary'],
  Flask: ['read-unquoted'],
  Rack: ['read-list', 'read-other-form', 'not-modified-vary'],
  hapi: ['read-any', 'read-if-match'],
  'json-server': ['read-no-cache', 'cors-expose', 'clients-differ'],
  'HAProxy, three nodes': ['tag-per-node'],
  HAProxy: ['coding-tag-weakened'],
  Varnish: ['tag-weak', 'read-list'],
};

/** What takes a minute to download: left out on CI. `pnpm origins` audits them too. */
const large = ['Django', 'Flask', 'Rack'];

/** Three Apache with tags of the inode, in turn: named as such, with the line that mends it. */
const NODES = {
  seen: expect.stringMatching(/^3 tags for the same bytes, in turn: .*each process or node has its own$/),
  configuration: { server: 'Apache', text: 'FileETag MTime Size  # without INode' },
};

describe.each(Object.entries(known).filter(([name]) => !process.env.CI || !large.includes(name)))(
  '%s',
  async (name, ids) => {
    const subject = subjects.find((one) => one.name === name);
    const running = await available(name, async () => subject?.start());

    it.skipIf(!running)(`fails ${ids.join(', ')}`, async () => {
      if (!running) return;
      try {
        const { findings } = await audit(running.url);
        expect(findings.map(({ id }) => id)).toEqual(expect.arrayContaining([...ids]));
        const perNode = findings.find(({ id }) => id === 'tag-per-node');
        if (perNode) expect(perNode).toMatchObject(NODES);
      } finally {
        await running.stop();
      }
    });
  },
);
