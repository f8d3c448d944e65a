import { describe, expect, it } from 'vitest';
import { archiveOf } from '../test/archive.ts';
import { knownServers } from '../test/known-servers.ts';
import { auditRecorded } from './audit.ts';
import { checks } from './checks.ts';
import { configurationOf, linesOf } from './configuration.ts';
import { exchangesOf } from './har.ts';
import { SERVERS } from './server.ts';

/** Those that the tests start: configuration.test.ts, origins.test.ts. */
const STARTED = ['nginx', 'Apache', 'lighttpd', 'Caddy', 'Varnish', 'Django', 'Express', 'Next.js'];

it('each server that is known is started by a test, or has recorded exchanges', () => {
  expect([...STARTED, ...knownServers.map(({ server }) => server)].sort()).toEqual([...SERVERS].sort());
});

describe.each(knownServers)('recorded exchanges with $server', ({ server, exchanges, ids }) => {
  it('show what the server is known for, and give the line that mends it', async () => {
    const report = await auditRecorded(exchangesOf(archiveOf(...exchanges)));
    expect(report?.servers).toContain(server);
    expect(report?.findings.map(({ id }) => id)).toEqual(ids);
    for (const { id, configuration } of report?.findings ?? []) {
      const isMendable = linesOf(id).some((line) => line.server === server);
      expect(configuration).toEqual(isMendable ? configurationOf(id, [server]) : null);
      if (configuration) expect(configuration).toMatchObject({ server, isTested: false });
    }
  });
});

it('each line for a server that does not run here has its source, and says that it was not tried', () => {
  const lines = checks.flatMap(({ id }) => linesOf(id)).filter(({ server }) => !STARTED.includes(server));
  expect(new Set(lines.map(({ server }) => server))).toEqual(
    new Set(['Cloudflare', 'CloudFront', 'Envoy', 'Akamai', 'Rails']),
  );
  for (const { source, isTested } of lines) {
    expect(source).toMatch(
      /^https:\/\/(developers\.cloudflare|docs\.aws\.amazon|www\.envoyproxy|techdocs\.akamai|api\.rubyonrails)\./,
    );
    expect(isTested).toBe(false);
  }
});
