import { readFileSync } from 'node:fs';
import type { Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { fieldValue } from '@etag/core';
import { afterEach, describe, expect, it } from 'vitest';
import { type ReferenceOptions, referenceServer } from '../test/reference-server.ts';
import { command } from './command.ts';
import type { PlainAnswer } from './fixture.ts';
import { formatReport, type Report } from './report.ts';
import { runConformance } from './run.ts';
import { scenarios } from './scenarios.ts';
import { rangeVectors, vectors } from './vectors.ts';

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

/** A server whose 304s have other fields than they should. */
function notModifiedWith(
  fields: (right: Record<string, string>) => Record<string, string>,
): ReferenceOptions['tamper'] {
  return (answer: PlainAnswer): PlainAnswer => {
    return answer.status === 304 ? { ...answer, headers: { ...answer.headers, ...fields(answer.headers) } } : answer;
  };
}

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
    const weakly: ReferenceOptions['misread'] = ({ method, headers }) => {
      const ifMatch = fieldValue(headers, 'if-match');
      const strong = ifMatch === null ? {} : { 'if-match': ifMatch.replace(/(?<!")W\/"/g, '"') };
      return { method, headers: { ...(headers as Record<string, string[]>), ...strong } };
    };
    const report = await runConformance(await listening({ misread: weakly }));
    const affected = vectors
      .filter(({ expect, state }) => expect.reason === 'weak' && state?.etag?.startsWith('"'))
      .map(({ id }) => id);
    expect(affected.length).toBeGreaterThan(5);
    expect(ids(report)).toEqual([...affected, 'state-412-weak', 'state-write-weak-coded-tag']);
    expect(report.failures[0]).toMatchObject({ expected: 'status 412', got: 'status 200' });
    expect(report.failures.find(({ id }) => id === 'state-412-weak')).toMatchObject({ kind: 'choice' });
    expect(report.failures.find(({ id }) => id === 'state-write-weak-coded-tag')).toMatchObject({ kind: 'required' });
  });

  it('that evaluates whatever the plain status is fails where a failure is repeated', async () => {
    const repeated: ReferenceOptions['tamper'] = (answer, request) =>
      answer.status === 404 && Object(request.headers)['if-none-match']
        ? { status: 304, headers: {}, content: null }
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

  it('that sends the strong tag of the plain content with a 304 by date fails where the 200 is coded', async () => {
    const strong = notModifiedWith(({ etag = '' }) => ({ etag: etag.replace('W/', '') }));
    const report = await runConformance(await listening({ gzip: true, tamper: strong }), { only: /^coding-304-date/ });
    expect(ids(report)).toEqual(['coding-304-date-own', 'coding-304-date-content', 'coding-304-date-state']);
    expect(report.failures[0]).toMatchObject({
      kind: 'required',
      expected: 'step 2: the tag of the 200, "mine-gzip", or a weak one, or none',
      got: '"mine"',
    });
  });

  it('that keeps a policy with a nonce on a 304 fails', async () => {
    const kept = notModifiedWith(() => ({ 'content-security-policy': "script-src 'nonce-1'" }));
    const report = await runConformance(await listening({ tamper: kept }), { only: /^content-304/ });
    expect(ids(report)).toEqual(['content-304-nonce', 'content-304-policy']);
  });

  it('that keeps the reason phrase of the 200 fails', async () => {
    const fine: ReferenceOptions['tamper'] = (answer) => ({ ...answer, statusMessage: 'Fine' });
    const report = await runConformance(await listening({ tamper: fine }), { only: /^content-message/ });
    expect(report.failures).toMatchObject([
      { expected: 'step 1: another reason phrase than that of the 200', got: 'Fine' },
    ]);
  });

  it('that sends what is not a tag fails, whatever it was asked', async () => {
    const unquoted: ReferenceOptions['tamper'] = (answer) => ({
      ...answer,
      headers: { ...answer.headers, etag: 'v7' },
    });
    const report = await runConformance(await listening({ tamper: unquoted }), {
      only: /^(content|refusal)-invalid-tag$/,
    });
    expect(ids(report)).toEqual(['content-invalid-tag', 'refusal-invalid-tag']);
    expect(report.failures[0]).toMatchObject({ got: '"v7"', kind: 'required' });
  });

  it('that keeps the freshness of the representation on a 412, or loses CORS, fails', async () => {
    const mixed: ReferenceOptions['tamper'] = (answer) => {
      const { 'access-control-allow-origin': _, ...headers } = answer.headers;
      return answer.status === 412 ? { ...answer, headers: { ...headers, 'cache-control': 'max-age=60' } } : answer;
    };
    const report = await runConformance(await listening({ tamper: mixed }), { only: /^refusal-/ });
    expect(ids(report)).toEqual(['refusal-keeps', 'refusal-drops-freshness']);
  });

  it('that reads what was sent, and not what the application made of it, fails', async () => {
    const sent: ReferenceOptions['misread'] = ({ method, headers }) => {
      const {
        'if-none-match': ifNoneMatch,
        'if-match': ifMatch,
        ...others
      } = headers as Record<string, string | string[]>;
      // What Node received is a list of lines; what an application sets is text.
      const received = { 'if-none-match': ifNoneMatch, 'if-match': ifMatch };
      const lines = Object.entries(received).filter(([, value]) => Array.isArray(value));
      return { method, headers: { ...others, ...Object.fromEntries(lines) } as Record<string, string | string[]> };
    };
    const report = await runConformance(await listening({ misread: sent }), { only: /^rewritten-/ });
    expect(ids(report)).toEqual(['rewritten-off', 'rewritten-on', 'rewritten-write']);
  });

  it('that frames a 412 twice, or announces trailers on a 304, fails', async () => {
    const framed: ReferenceOptions['tamper'] = (answer) => {
      const twice = answer.status === 412 && { 'transfer-encoding': 'chunked' };
      return { ...answer, headers: { ...answer.headers, ...twice } };
    };
    const report = await runConformance(await listening({ tamper: framed }), { only: /^refusal-keeps$/ });
    expect(report.failures[0]?.got).toMatch(/both Content-Length and Transfer-Encoding/);
  });

  it('that sends another part than it was asked for fails', async () => {
    const shifted: ReferenceOptions['tamper'] = (answer) =>
      answer.status === 206 ? { ...answer, content: answer.content?.map(otherDigit) ?? null } : answer;
    const otherDigit = (byte: number) => (byte >= 0x30 && byte <= 0x39 ? byte ^ 1 : byte);
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

  it('wants an http or https origin', async () => {
    await expect(runConformance('ftp://localhost')).rejects.toThrow(TypeError);
    await expect(runConformance('https://localhost/path')).rejects.toThrow(TypeError);
    await expect(runConformance('localhost:80')).rejects.toThrow(TypeError);
  });

  it('wants a server', async () => {
    await expect(runConformance('http://127.0.0.1:1')).rejects.toThrow('GET /state at 127.0.0.1:1: ECONNREFUSED');
  });

  it.each<[what: string, tamper: ReferenceOptions['tamper'], error: RegExp]>([
    [
      'knows no /state',
      (answer) => ({ ...answer, status: 404 }),
      /^GET \/state at http:\S+ answers 404: there is no fixture$/,
    ],
    [
      'answers everything with a page',
      (answer) => ({ ...answer, content: Uint8Array.of(60) }),
      /200 with other content/,
    ],
  ])('stops at the first request to a server that %s', async (_, tamper, error) => {
    const seen: string[] = [];
    const watched: ReferenceOptions['tamper'] = (answer, request) => {
      seen.push(request.method);
      return tamper?.(answer, request) ?? answer;
    };
    await expect(runConformance(await listening({ tamper: watched }))).rejects.toThrow(error);
    expect(seen).toEqual(['GET']);
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
      failures: [
        { id: 'an-id', title: '§13.1.1 a title', expected: 'status 412', got: 'status 200' },
        { id: 'another', title: '§15.4.5 a title', kind: 'choice', expected: 'etag "a"', got: 'etag "\x1b[31m\x9b"' },
      ],
    };
    expect(formatReport(report)).toBe(`http://localhost:8787

section     passed  failed
§5.6.7           4
§13.1.1          5       1
all              9       1

an-id
  §13.1.1 a title
  expected  status 412
  got       status 200

another
  §15.4.5 a title
  our choice: the standard leaves it open
  expected  etag "a"
  got       etag "\\x1b[31m\\x9b"`);
  });
});

describe('a server with TLS', () => {
  const pem = (name: string) => fileURLToPath(new URL(`../../wire/test/${name}.pem`, import.meta.url));

  /** Ends TLS in front of a server, as a load balancer does. */
  async function secured(origin: string): Promise<string> {
    const { port } = new URL(origin);
    const server = createTlsServer({ key: readFileSync(pem('key')), cert: readFileSync(pem('cert')) }, (socket) => {
      const behind = connect(Number(port), '127.0.0.1');
      for (const one of [socket, behind]) one.on('error', () => {});
      socket.pipe(behind).pipe(socket);
    });
    server.on('tlsClientError', () => {});
    secure.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return `https://localhost:${(server.address() as AddressInfo).port}`;
  }
  const secure: TlsServer[] = [];
  afterEach(() => {
    for (const server of secure.splice(0)) server.close();
  });

  it('passes like one without', async () => {
    const report = await runConformance(await secured(await listening()), {
      ca: readFileSync(pem('cert'), 'utf8'),
      only: /^13\.1\.[15]$/,
    });
    expect(report.failures).toEqual([]);
    expect(report.passed).toBeGreaterThan(150);
  });

  it('is trusted only by those who say so', async () => {
    const origin = await secured(await listening());
    const error: string[] = [];
    const run = (...args: string[]) =>
      command([origin, '--only', '^if-range-date$', ...args], { log() {}, error: (text) => error.push(text) });
    expect(await run()).toBe(1);
    expect(error).toEqual([expect.stringMatching(/^GET \/state at localhost:\d+: DEPTH_ZERO_SELF_SIGNED_CERT$/)]);
    expect(await run('--insecure')).toBe(0);
    expect(await run('--cacert', pem('cert'))).toBe(0);
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
    const broken: ReferenceOptions['tamper'] = (answer, { headers }) =>
      fieldValue(headers, 'if-range') === null ? answer : { ...answer, status: 500 };
    const { code, log } = await run(await listening({ tamper: broken }), '--only', '^if-range-date$');
    expect(code).toBe(1);
    expect(log).toContain('status 500');
  });

  it('exits 1 with one line when there is no fixture', async () => {
    const origin = await listening({ tamper: (answer) => ({ ...answer, status: 404 }) });
    const { code, log, error } = await run(origin);
    expect({ code, log, error }).toEqual({
      code: 1,
      log: '',
      error: `GET /state at ${origin} answers 404: there is no fixture`,
    });
  });

  it('exits 1 when nobody answers', async () => {
    const { code, error } = await run('http://127.0.0.1:1');
    expect({ code, error }).toEqual({ code: 1, error: 'GET /state at 127.0.0.1:1: ECONNREFUSED' });
  });

  it.each([
    [['']],
    [[]],
    [['ftp://localhost']],
    [['http://localhost', '--resolve', 'localhost=127.0.0.1']],
    [['http://localhost', '--cacert', '/nowhere.pem']],
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
