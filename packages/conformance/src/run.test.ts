import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Decision, evaluatePreconditions, namedTag } from '@etag/core';
import { afterEach, describe, expect, it } from 'vitest';
import { type ReferenceOptions, referenceServer } from '../test/reference-server.js';
import { command } from './command.js';
import { formatReport, type Report } from './report.js';
import { runConformance } from './run.js';
import { scenarios } from './scenarios.js';
import { rangeVectors, vectors } from './vectors.js';

const servers: Server[] = [];

async function listening(options: ReferenceOptions = {}): Promise<string> {
  const server = referenceServer(options);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.close();
    server.closeAllConnections();
  }
});

const ids = (report: Report) => report.failures.map(({ id }) => id);

describe('a right server', () => {
  it.each([
    ['that does not compress', {}],
    ['that compresses', { gzip: true }],
  ])('%s passes everything', async (_, options) => {
    const report = await runConformance(await listening(options));
    expect(report.failures).toEqual([]);
    expect(report.passed).toBe(vectors.length + rangeVectors.length + scenarios.length);
  });
});

describe('a wrong server', () => {
  it('that compares If-Match weakly fails where the reason is a weak tag', async () => {
    const weakly: ReferenceOptions['evaluate'] = (request, current): Decision => {
      const decision = evaluatePreconditions(request, current, { named: namedTag });
      return decision.reason === 'weak' ? { outcome: 'proceed', field: 'if-match', reason: 'matched' } : decision;
    };
    const report = await runConformance(await listening({ evaluate: weakly }));
    const affected = vectors.filter(({ expect }) => expect.reason === 'weak').map(({ id }) => id);
    expect(affected).toContain('peer-weak-if-match');
    expect(ids(report)).toEqual([...affected, 'state-412-weak', 'state-write-weak-coded-tag']);
    expect(report.failures.find(({ id }) => id === 'peer-weak-if-match')).toMatchObject({
      expected: 'status 412',
      got: 'status 200',
    });
  });

  it('that evaluates whatever the plain status is fails where a failure is repeated', async () => {
    const repeated: ReferenceOptions['tamper'] = (answer, request) =>
      answer.status === 404 && Object(request.headers)['if-none-match']
        ? { status: 304, headers: {}, body: '' }
        : answer;
    const report = await runConformance(await listening({ tamper: repeated }), { only: /404/ });
    expect(ids(report)).toEqual(
      expect.arrayContaining([
        'status-404-if-none-match-get',
        'peer-repeated-404',
        'content-repeated-404',
        'coding-404',
      ]),
    );
  });

  it('that sends another tag with a 304 fails', async () => {
    const mistagged: ReferenceOptions['tamper'] = (answer) =>
      answer.status === 304 ? { ...answer, headers: { ...answer.headers, etag: '"another"' } } : answer;
    const report = await runConformance(await listening({ tamper: mistagged }), { only: /^(if-none-match|content)-/ });
    expect(ids(report)).toContain('if-none-match-current-get');
    expect(ids(report)).toContain('content-not-modified');
    expect(ids(report)).not.toContain('if-none-match-current-put');
  });

  it('that keeps metadata of the content on a 304 fails', async () => {
    const kept: ReferenceOptions['tamper'] = (answer) =>
      answer.status === 304 ? { ...answer, headers: { ...answer.headers, 'content-language': 'en' } } : answer;
    const report = await runConformance(await listening({ tamper: kept }), { only: /304/ });
    expect(ids(report)).toEqual(['content-304-drops']);
  });

  it('that sends another part than it was asked for fails', async () => {
    const shifted: ReferenceOptions['tamper'] = (answer) =>
      answer.status === 206 ? { ...answer, body: answer.body.replaceAll(/[0-9]/g, 'x') } : answer;
    const report = await runConformance(await listening({ tamper: shifted }), { only: /^range-/ });
    expect(ids(report)).toContain('range-first-500');
    expect(ids(report)).toContain('range-first-and-last');
    expect(ids(report)).not.toContain('range-suffix-zero');
  });

  it('that dies is reported, not thrown', async () => {
    const dying: ReferenceOptions['tamper'] = (answer, request) => {
      if (request.method === 'PATCH') throw new Error('broken');
      return answer;
    };
    const report = await runConformance(await listening({ tamper: dying }), { only: /^if-match-current-/ });
    expect(ids(report)).toEqual(['if-match-current-patch']);
    expect(report.failures[0]?.got).toMatch(/^PATCH \/state\?etag=%22v1%22 at 127\.0\.0\.1:\d+: /);
  });
});

describe('a run', () => {
  it('may be limited to a section', async () => {
    const report = await runConformance(await listening(), { only: /^13\.1\.5$/ });
    expect(report.sections).toEqual([{ section: '13.1.5', passed: report.passed, failed: 0 }]);
    expect(report.passed).toBeGreaterThan(40);
  });

  it('wants an http origin', async () => {
    await expect(runConformance('https://localhost')).rejects.toThrow(TypeError);
    await expect(runConformance('localhost:80')).rejects.toThrow(TypeError);
  });

  it('wants a server', async () => {
    await expect(runConformance('http://127.0.0.1:1')).rejects.toThrow('GET /state? at 127.0.0.1:1: ECONNREFUSED');
  });
});

describe('a report as text', () => {
  it('counts by section and lists failures', () => {
    const report: Report = {
      origin: 'http://localhost:8787',
      passed: 9,
      failed: 1,
      sections: [
        { section: '5.6.7', passed: 4, failed: 0 },
        { section: '13.1.1', passed: 5, failed: 1 },
      ],
      failures: [{ id: 'an-id', title: '§13.1.1 a title', expected: 'status 412', got: 'status 200' }],
    };
    expect(formatReport(report)).toBe(`http://localhost:8787

section     passed  failed
§5.6.7           4
§13.1.1          5       1
all              9       1

an-id
  §13.1.1 a title
  expected  status 412
  got       status 200`);
  });
});

describe('the command', () => {
  async function run(...args: string[]) {
    const log: string[] = [];
    const error: string[] = [];
    const code = await command(args, { log: (text) => log.push(text), error: (text) => error.push(text) });
    return { code, log: log.join('\n'), error: error.join('\n') };
  }

  it('exits 0 when everything passes', async () => {
    const { code, log } = await run(await listening(), '--only', '^if-range-date$');
    expect(code).toBe(0);
    expect(log).toContain('§13.1.5');
  });

  it('prints JSON', async () => {
    const { log } = await run(await listening(), '--json', '--only', '^if-range-date$');
    expect(JSON.parse(log)).toMatchObject({ passed: 1, failed: 0, failures: [] });
  });

  it('exits 1 when something fails', async () => {
    const origin = await listening({ tamper: (answer) => ({ ...answer, status: 500 }) });
    const { code, log } = await run(origin, '--only', '^if-range-date$');
    expect(code).toBe(1);
    expect(log).toContain('status 500');
  });

  it('exits 1 when nobody answers', async () => {
    const { code, error } = await run('http://127.0.0.1:1');
    expect({ code, error }).toEqual({ code: 1, error: 'GET /state? at 127.0.0.1:1: ECONNREFUSED' });
  });

  it.each([
    [['']],
    [[]],
    [['https://localhost']],
    [['http://localhost', 'http://localhost']],
    [['http://localhost', '--unknown']],
    [['http://localhost', '--only', '(']],
  ])('exits 2 on %j', async (args) => {
    const { code, error } = await run(...args);
    expect(code).toBe(2);
    expect(error).toContain('usage: npx @etag/conformance');
  });

  it('helps', async () => {
    const { code, log } = await run('--help');
    expect(code).toBe(0);
    expect(log).toContain('usage: npx @etag/conformance');
  });
});
