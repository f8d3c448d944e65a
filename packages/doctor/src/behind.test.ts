import { randomUUID } from 'node:crypto';
import { available, startNginx, startPostgres } from 'servers';
import { afterAll, describe, expect, it } from 'vitest';
import { startCluster } from '../../../examples/cluster/src/cluster.ts';
import { openNotes } from '../../../examples/cluster/src/notes.ts';
import { startFixture } from '../../../tools/adapters.ts';
import { contentPath } from '../../conformance/src/fixture.ts';
import { audit } from './audit.ts';

const nginx = await available('nginx', () => startNginx((port) => `server { listen 127.0.0.1:${port}; }`));
await nginx?.stop();

describe.skipIf(!nginx)('an application behind nginx that compresses', () => {
  it('is diagnosed: the tag is weakened, and the line that mends it', async () => {
    const application = await startFixture('hono');
    const target = new URL(application.origin).host;
    const proxy = await startNginx(
      (port) => `gzip on; gzip_types application/json text/plain;
      server { listen 127.0.0.1:${port}; location / { proxy_pass http://${target}; } }`,
    );
    try {
      const path = contentPath({ body: 'hello '.repeat(600) });
      const { findings, servers } = await audit(proxy.url + path, { origin: target });
      expect(servers).toContain('nginx');
      const line = 'gzip off;  # in this location; compress in the application';
      const weakened = { seen: expect.stringMatching(/^W\/"/), configuration: { server: 'nginx', text: line } };
      expect(findings.find(({ id }) => id === 'coding-tag-weakened')).toMatchObject(weakened);
      const hop = { seen: expect.stringContaining('a hop makes it weak'), configuration: { text: line } };
      expect(findings.find(({ id }) => id === 'hop-tag')).toMatchObject(hop);
      expect(findings.find(({ id }) => id === 'coding-vary')).toMatchObject({
        configuration: { text: 'gzip_vary on;' },
      });
    } finally {
      await proxy.stop();
      application.close();
    }
  });
});

const postgres = await available('the cluster', startPostgres);
afterAll(() => postgres?.stop());

describe.skipIf(!postgres || !nginx)('the cluster of the examples', { timeout: 120_000 }, () => {
  const TABLE = `doctor_${process.pid}`;
  const PAGE = '/pages/1';

  async function diagnose(tags: 'shared' | 'process') {
    const url = postgres?.url ?? '';
    const notes = openNotes(url, TABLE);
    await notes.create();
    const cluster = await startCluster(tags, url, TABLE);
    try {
      const note = { title: 'A note', text: `${randomUUID()} `.repeat(60) };
      const headers = { 'Content-Type': 'application/json', 'If-None-Match': '*' };
      const created = await fetch(`${cluster.url}/notes/1`, { method: 'PUT', headers, body: JSON.stringify(note) });
      expect(created.status).toBe(201);
      const nodes = cluster.nodes.map(({ port }) => `127.0.0.1:${port}`);
      return {
        through: await audit(cluster.url + PAGE, { skip: /^read-missing$/ }),
        direct: await audit(cluster.url + PAGE, { nodes, only: /^node-tag$/ }),
      };
    } finally {
      await cluster.stop();
      await notes.drop();
      await notes.close();
    }
  }

  it('with tags per process: named as such, with the fix', async () => {
    const { through, direct } = await diagnose('process');
    const finding = through.findings.find(({ id }) => id === 'tag-per-node');
    expect(finding?.seen).toMatch(/^3 tags for the same bytes, in turn: .*each process or node has its own$/);
    expect(finding?.fix).toContain('a salt of the process');
    expect(direct.findings).toMatchObject([
      { id: 'node-tag', seen: expect.stringMatching(/^127\S+ "\S+", 127\S+ "\S+", 127\S+ "/) },
    ]);
  });

  it('with shared tags: nothing of it', async () => {
    const { through, direct } = await diagnose('shared');
    expect(through.passed).toContain('tag-per-node');
    // nginx itself answers 400 to a repeated If-None-Match.
    expect(through.findings.map(({ id }) => id)).toEqual(['read-lines']);
    expect(direct.passed).toEqual(['node-tag']);
  });
});
