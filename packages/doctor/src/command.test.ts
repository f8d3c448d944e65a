import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv } from 'ajv';
import { XMLParser, XMLValidator } from 'fast-xml-parser';
import type { Log } from 'sarif';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listening, type Mistakes, type Running, startEndpoint } from '../test/reference.ts';
import { command } from './command.ts';
import type { Audited } from './formats/audited.ts';

const running: Running[] = [];
let right: Running;
let weakened: Running;
let hostile: Running;
let unguarded: Running;

/** The schema of SARIF 2.1.0, which is of an older draft than the validator, in nothing but the name of its id. */
function sarifSchema(): object {
  const file = createRequire(import.meta.url).resolve('@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json');
  const { id: $id, $schema: _, ...schema } = JSON.parse(readFileSync(file, 'utf8'));
  return { $id, ...schema };
}

/** A tag that tries to steer the terminal, and to break out of every format. */
const HOSTILE = '\u009b31m<script>alert(1)</script>|`]]>&"';

beforeAll(async () => {
  const start = async (mistakes: Mistakes) => {
    const endpoint = await startEndpoint(mistakes);
    running.push(endpoint);
    return endpoint;
  };
  right = await start({});
  weakened = await start({
    tamper: (answer) => {
      answer.headers.set('server', 'nginx/1.27.0');
      if (answer.headers.has('content-encoding')) answer.headers.set('etag', 'W/"v1"');
      return answer;
    },
  });
  hostile = await start({
    tamper: (answer) => {
      answer.headers.set('etag', HOSTILE);
      return answer;
    },
  });
  unguarded = await start({ misread: (asked) => ({ ...asked, headers: { ...asked.headers, 'if-match': '*' } }) });
});

const folder = mkdtempSync(join(tmpdir(), 'doctor-'));
afterAll(() => {
  for (const endpoint of running) endpoint.close();
  rmSync(folder, { recursive: true });
});

async function run(...args: string[]) {
  const log: string[] = [];
  const error: string[] = [];
  const output = { log: (text: string) => log.push(text), error: (text: string) => error.push(text), isColored: false };
  const code = await command(args, output);
  return { code, log: log.join('\n'), error: error.join('\n') };
}

describe('the first run', () => {
  it('says in one line that nothing is wrong', async () => {
    const { code, log, error } = await run(right.url);
    expect(code).toBe(0);
    expect(log).toMatch(
      /^http\S+\/note: nothing found, \d+ checks passed; a 304 takes \d+ bytes instead of [\d,]+ bytes$/,
    );
    expect(error).toBe(`auditing ${right.url}`);
  });

  it('says what is wrong, and the line that mends it', async () => {
    const { code, log } = await run(weakened.url);
    expect(code).toBe(1);
    const [verdict, , first, rule, line, , last] = log.split('\n');
    expect(verdict).toMatch(/: 1 warning; a 304/);
    expect(first).toBe('1. warning coding-tag-weakened: W/"v1" (expected: a strong tag under gzip, like "v1" without)');
    expect(rule).toBe('   rule: a coded response keeps a tag that guards writes');
    expect(line).toBe('   fix:  nginx: gzip off;  # in this location; compress in the application');
    expect(last).toBe('--verbose shows the requests.');
  });

  it('says everything with --verbose', async () => {
    const { log } = await run(weakened.url, '--verbose');
    expect(log).toContain("try       curl -s -D - -o /dev/null -H 'Accept-Encoding: gzip' http://127.0.0.1");
    expect(log).toContain('https://nginx.org/');
    expect(log).toContain('cannot be seen from outside:');
  });

  it('gives three fixes at most', async () => {
    const { log } = await run(hostile.url, unguarded.url, '--fail-on', 'never');
    expect(log).not.toContain('\n4. ');
  });

  it('colours severities where it may', async () => {
    const log: string[] = [];
    await command([weakened.url], { log: (text) => log.push(text), error() {}, isColored: true });
    expect(log.join()).toContain('1. \u001b[33mwarning\u001b[0m coding-tag-weakened');
  });
});

describe('exit codes', () => {
  it.each([
    ['0 where only notes are found', ['--skip', 'coding', '--fail-on', 'warning'], 0],
    ['1 where warnings are found', ['--fail-on', 'warning'], 1],
    ['0 where only errors count', ['--fail-on', 'error'], 0],
    ['0 where nothing counts', ['--fail-on', 'never'], 0],
  ])('%s', async (_, args, expected) => {
    expect((await run(weakened.url, ...args)).code).toBe(expected);
  });

  it.each([
    [[]],
    [['localhost:80']],
    [['ftp://localhost/']],
    [['http://user:password@localhost/']],
    [['http://localhost/', '--unknown']],
    [['http://localhost/', '--json', '--sarif']],
    [['http://localhost/', '--base', 'http://localhost/']],
    [['http://localhost/', '--interval', '5']],
    [['http://localhost/', '--node', 'http://10.0.0.1:80']],
    [['--openapi', '/nowhere']],
    [['--har', '/nowhere']],
    [['http://localhost/', '--baseline', fileURLToPath(import.meta.url)]],
    [['http://localhost/', '--fail-on', 'everything']],
    [['http://localhost/', '--repeats', '0']],
    [['http://localhost/', '--race', '4']],
    [['http://localhost/', '--write', '--race', '1']],
    [['http://localhost/', '-H', 'no colon']],
    [['http://localhost/', '-H', 'X: a\r\nY: b']],
    [['http://localhost/', '--only', '(']],
    [['http://localhost/', '--resolve', 'localhost']],
    [['--urls', '/nowhere']],
  ])('2 for %j', async (args) => {
    const { code, log, error } = await run(...args);
    expect({ code, log }).toEqual({ code: 2, log: '' });
    expect(error).toContain('usage: npx @etag/doctor');
    // What is wrong does not scroll away.
    expect(error.split('\n').length).toBeLessThan(5);
  });

  it('3 where nobody answers', async () => {
    const { code, log } = await run('http://127.0.0.1:1/');
    expect(code).toBe(3);
    expect(log).toBe(
      'http://127.0.0.1:1/: not audited. GET / at 127.0.0.1:1: ECONNREFUSED. Nothing listens there: is the server running, and the port right?',
    );
  });

  it('3 where the name is not known', async () => {
    const { code, log } = await run('http://notes.invalid/');
    expect(code).toBe(3);
    expect(log).toContain('No address is known for that name: is it spelt right?');
  });

  it('3 where the answer is not a 200', async () => {
    const { code, log } = await run(right.url.replace('/note', '/other'));
    expect(code).toBe(3);
    expect(log).toContain('is answered 404: only a 200 can be audited');
  });

  it('2 where no check is selected: nothing is sent', async () => {
    const { code, error } = await run(right.url, '--only', '^nothing$');
    expect({ code, isAudited: error.includes('auditing') }).toEqual({ code: 2, isAudited: false });
  });

  it('2 for a URL without its scheme, with the URL that was meant, and the line that has it', async () => {
    expect((await run('localhost:8787/notes/1')).error).toContain(
      'Not an http or https URL: localhost:8787/notes/1. Write http://localhost:8787/notes/1\n',
    );
    const file = join(folder, 'typo.txt');
    writeFileSync(file, `${right.url}\n\nhtp://notes.example/\n`);
    expect((await run('--urls', file)).error).toContain(
      `Not an http or https URL: htp://notes.example/ (${file}, line 3).\n`,
    );
  });

  it('help is not an error', async () => {
    expect(await run('--help')).toMatchObject({ code: 0, log: expect.stringContaining('usage:') });
  });
});

describe('what is in the way is said', () => {
  it('credentials that are missing', async () => {
    const server = createServer((_, response) => response.writeHead(401).end());
    const url = `http://127.0.0.1:${await listening(server)}/`;
    try {
      const { code, log } = await run(url);
      expect(code).toBe(3);
      expect(log).toContain("answered 401: give credentials with -H 'Authorization: …'.");
    } finally {
      server.close();
    }
  });

  it('a certificate that is not trusted', async () => {
    const wire = (name: string) => readFileSync(new URL(`../../wire/test/${name}.pem`, import.meta.url));
    const server = createTlsServer({ key: wire('key'), cert: wire('cert') }, (_, response) => {
      response.setHeader('ETag', '"a"').end('content');
    });
    const url = `https://127.0.0.1:${await listening(server)}/`;
    try {
      const { code, log } = await run(url);
      expect(code).toBe(3);
      expect(log).toContain('Its certificate is not trusted: --cacert names one that is, --insecure takes any.');
      expect((await run(url, '--insecure', '--only', '^tag-missing$')).log).toContain('nothing found, 1 check passed');
      expect((await run(url, '--insecure', '--only', '^read-hit$', '--verbose')).log).toContain(
        'try       curl -s --http1.1 -k -D',
      );
    } finally {
      server.close();
    }
  });

  it('https where there is only http', async () => {
    const { log } = await run(right.url.replace('http:', 'https:'));
    expect(log).toContain('It does not speak TLS: is it http instead of https?');
  });

  it('a fragment is not: it is never sent', async () => {
    expect((await run(`${right.url}#part`, '--only', '^tag-missing$')).log).toContain(`${right.url}: nothing found`);
  });
});

describe('redirects', () => {
  it('are followed within the origin, and not to another one', async () => {
    const locations: Record<string, string> = { '/here': '/there', '/away': 'http://other.test/' };
    const server = createServer(({ url = '' }, response) => {
      const location = locations[url];
      response.writeHead(location ? 302 : 200, location ? { location } : { etag: '"a"' }).end();
    });
    const origin = `http://127.0.0.1:${await listening(server)}`;
    try {
      expect((await run(`${origin}/here`, '--only', '^tag-missing$')).log).toContain(`${origin}/there: nothing found`);
      const away = await run(`${origin}/away`);
      expect(away).toMatchObject({ code: 3, log: expect.stringContaining('redirects to http://other.test/') });
    } finally {
      server.close();
    }
  });
});

describe('manners', () => {
  it('sends its name, keeps to the rate, waits when it is asked to, and stops at the cap', async () => {
    const seen: { at: number; agent: string | undefined }[] = [];
    const server = createServer(({ headers }, response) => {
      seen.push({ at: performance.now(), agent: headers['user-agent'] });
      if (seen.length === 2) response.writeHead(429, { 'retry-after': '1' }).end();
      else response.writeHead(200, { etag: '"a"' }).end('content');
    });
    const url = `http://127.0.0.1:${await listening(server)}/`;
    try {
      const { log } = await run(url, '--json', '--rate', '20', '--max-requests', '10');
      const gaps = seen.slice(1).map(({ at }, index) => at - (seen[index] as { at: number }).at);
      expect(seen).toHaveLength(10);
      expect(gaps[1]).toBeGreaterThan(990);
      // 8 gaps of 50 ms, and that of the second that was asked for. One gap alone may be short: what sent the first was late.
      expect(gaps.reduce((sum, gap) => sum + gap)).toBeGreaterThan(1000 + 7 * 50);
      expect(seen[0]?.agent).toMatch(/^etag-doctor /);
      expect(JSON.parse(log)[0].report.stopped).toBe('The audit stops after 10 requests (--max-requests).');
    } finally {
      server.close();
    }
  });

  it('reads no more of an endless body than it has to', async () => {
    const server = createServer((_, response) => {
      response.writeHead(200, { etag: '"a"' });
      const write = () => {
        while (!response.destroyed && response.write('x'.repeat(65_536)));
      };
      response.on('drain', write).on('error', () => {});
      write();
    });
    const url = `http://127.0.0.1:${await listening(server)}/`;
    try {
      expect((await run(url, '--only', '^tag-missing$')).code).toBe(0);
    } finally {
      server.close();
      server.closeAllConnections();
    }
  });

  it('keeps credentials out of reports', async () => {
    const { log } = await run(weakened.url, '-H', 'Authorization: Bearer secret', '--json');
    expect(log).not.toContain('secret');
    expect(log).toContain('Authorization: …');
  });
});

describe('what a server sent', () => {
  it.each(['--verbose', '--json', '--sarif', '--junit', '--markdown', '--html', '--hurl'])(
    'cannot steer %s',
    async (format) => {
      const page = join(folder, 'hostile.html');
      const { code, log: printed } = await run(hostile.url, format, ...(format === '--html' ? [page] : []));
      const log = format === '--html' ? readFileSync(page, 'utf8') : printed;
      expect(code).toBe(1);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
      expect(log).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
      expect(log).toContain('tag-malformed');
      if (format === '--html' || format === '--markdown') expect(log).not.toContain('<script>');
    },
  );
});

describe('formats', () => {
  const file = join(folder, 'urls.txt');
  beforeAll(() => writeFileSync(file, `# staging\n\n${weakened.url}\n${right.url}\nhttp://127.0.0.1:1/\n`));

  it('JSON holds the report of each URL', async () => {
    const { code, log } = await run('--urls', file, '--json');
    expect(code).toBe(1);
    expect(JSON.parse(log)).toMatchObject([
      { place: { file, line: 3 }, report: { servers: ['nginx'], findings: [{ id: 'coding-tag-weakened' }] } },
      { place: { file, line: 4 }, report: { findings: [], isRestored: null } },
      { report: null, error: expect.stringContaining('GET / at 127.0.0.1:1: ECONNREFUSED. ') },
    ]);
  });

  it('SARIF is valid, and points at the line of the URL', async () => {
    const { log } = await run('--urls', file, '--sarif');
    const sarif: Log = JSON.parse(log);
    const validate = new Ajv({ strict: false, validateFormats: false, unicodeRegExp: false }).compile(sarifSchema());
    expect(validate(sarif) || validate.errors).toBe(true);
    const [result] = sarif.runs[0]?.results ?? [];
    const rules = sarif.runs[0]?.tool.driver.rules ?? [];
    expect(rules[result?.ruleIndex ?? -1]?.id).toBe('coding-tag-weakened');
    expect(result?.locations?.[0]?.physicalLocation).toMatchObject({
      artifactLocation: { uri: file },
      region: { startLine: 3 },
    });
    expect(sarif.runs[0]?.invocations?.[0]?.executionSuccessful).toBe(false);
    const again: Log = JSON.parse((await run('--urls', file, '--sarif')).log);
    expect(again.runs[0]?.results?.[0]?.partialFingerprints).toEqual(result?.partialFingerprints);
  });

  it('JUnit is XML, with a suite for each URL and a case for each check', async () => {
    const { log } = await run('--urls', file, '--junit');
    expect(XMLValidator.validate(log)).toBe(true);
    const parser = new XMLParser({
      ignoreAttributes: false,
      attributeNamePrefix: '',
      isArray: (name) => name.startsWith('testcase'),
    });
    const suites = parser.parse(log).testsuites.testsuite;
    expect(suites.map(({ failures, errors }: Record<string, string>) => [failures, errors])).toEqual([
      ['1', '0'],
      ['0', '0'],
      ['0', '1'],
    ]);
    const failed = suites[0].testcase.filter((one: Record<string, unknown>) => one.failure);
    expect(failed).toMatchObject([{ name: 'coding-tag-weakened', failure: { type: 'warning' } }]);
    expect(Number(suites[0].tests)).toBe(suites[0].testcase.length);
  });

  it('Markdown has a row for each finding', async () => {
    const { log } = await run(weakened.url, '--markdown');
    expect(log).toMatch(/\n\| warning \| \[coding-tag-weakened\]\(https:\S+\) \| .* \| nginx: `gzip off;.*` \|\n/);
  });

  it('HTML needs nothing else, and shows what a 304 saves', async () => {
    const page = join(folder, 'report.html');
    const { log: text } = await run(weakened.url, '--html', page);
    expect(text).toContain('coding-tag-weakened');
    const log = readFileSync(page, 'utf8');
    expect(log).toMatch(/^<!doctype html>/);
    expect(log).not.toMatch(/<script|<link|<img|src=|@import/);
    expect(log).toMatch(/<svg .*aria-label="Bytes on the wire: \d+ for a 200, \d+ for a 304"/);
  });
});

describe('what is known of URLs', () => {
  const file = (name: string, text: string) => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  };

  it('--openapi audits the reads of a document, names those it leaves out, and holds it to its word', async () => {
    const document = fileURLToPath(new URL('../test/openapi.yaml', import.meta.url));
    const untagged = await startEndpoint({
      tamper: (answer) => {
        answer.headers.delete('etag');
        return answer;
      },
      isAnyPath: true,
    });
    try {
      const base = new URL('/', untagged.url).href;
      const { code, log, error } = await run('--openapi', document, '--base', base, '--json');
      expect(code).toBe(1);
      expect(error).toContain('left out: GET /secret/{id}: no example of id');
      const [note, plain] = JSON.parse(log);
      expect(note).toMatchObject({ url: `${base}note?view=short`, place: { file: document, line: 7 } });
      const ids = ({ report }: Audited) => report?.findings.map(({ id }) => id) ?? [];
      expect(ids(note)).toEqual(expect.arrayContaining(['promise-tag', 'tag-missing']));
      expect(note.report.findings[0].requests[0]).toContain("-H 'X-Tenant: acme'");
      expect(ids(plain)).not.toContain('promise-tag');
    } finally {
      untagged.close();
    }
  });

  it('--har looks at a recording, and points at its line', async () => {
    const request = { method: 'GET', url: 'https://notes.example/1', headers: [] };
    const response = { status: 200, headers: [{ name: 'ETag', value: 'v1' }], content: { text: 'a' } };
    const har = file('a.har', JSON.stringify({ log: { entries: [{ request, response }] } }, null, 1));
    const { code, log } = await run('--har', har, '--json');
    expect(code).toBe(1);
    expect(JSON.parse(log)).toMatchObject([
      {
        url: 'https://notes.example/1',
        place: { file: har, line: 7 },
        report: { findings: [{ id: 'tag-malformed' }] },
      },
    ]);
  });

  it('--baseline leaves out what was found before, and only that', async () => {
    const before = file('before.json', (await run(weakened.url, '--json')).log);
    const same = await run(weakened.url, '--baseline', before);
    expect(same.code).toBe(0);
    expect(same.log).toMatch(/: nothing new found, \d+ checks passed; 1 known before;/);
    expect((await run(hostile.url, '--baseline', before)).code).toBe(1);
  });

  it('--clients says what many readers save in a day', async () => {
    const { log } = await run(right.url, '--clients', '1000', '--interval', '30');
    expect(log).toMatch(/\n1,000 clients, one read in 30 s each: \d+\.\d MB a day instead of \d+\.\d GB$/);
  });
});
