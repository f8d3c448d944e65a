import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { resource, type Serving, serve } from '../test/server.ts';
import { main } from './cli.ts';

let folder: string;
let server: Serving;
let content: string;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'client-'));
  content = 'first';
  server = await serve((request, response) => {
    if (request.url?.startsWith('/missing')) return response.writeHead(404).end();
    resource({ ETag: `"${content}"`, 'Content-Length': `${content.length}` }, content)(request, response);
  });
});
afterEach(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

/** Runs the command with a registry in the folder of the test. */
async function run(args: string[], { stdin = '', isTTY = false } = {}) {
  let stdout = '';
  let stderr = '';
  const code = await main(['--registry', join(folder, 'registry.sqlite'), ...args], {
    stdin: Readable.from([stdin]),
    stdout: { write: (text) => (stdout += text) },
    stderr: { write: (text) => (stderr += text), isTTY },
  });
  return { code, stdout, stderr };
}

test('loads what is new, and the next time what has changed', async () => {
  const urls = [`${server.origin}/a`, `${server.origin}/b`];
  const first = await run(urls);
  expect(first.code).toBe(0);
  expect(first.stdout).toContain(`loaded  ${server.origin}/a (5 bytes)\n`);
  expect(first.stdout).toContain('2 URLs: 2 loaded, 0 not modified (0.0 %), 0 failed; 0 bytes and 0.00 s saved\n');
  const second = await run(urls);
  expect(second.stdout).toMatch(
    /^2 URLs: 0 loaded, 2 not modified \(100\.0 %\), 0 failed; 10 bytes and \d\.\d\d s saved\n$/,
  );
  content = 'second';
  expect((await run(urls)).stdout).toContain('2 URLs: 2 loaded');
  expect(server.seen.slice(2, 4).map(({ headers }) => headers['if-none-match'])).toEqual(['"first"', '"first"']);
});

test('reads URLs from a file, or from its standard input', async () => {
  const file = join(folder, 'urls.txt');
  writeFileSync(file, `# feeds\n${server.origin}/a # the first\n\n  ${server.origin}/b#part\r\n`);
  expect((await run(['--file', file])).stdout).toContain('2 URLs: 2 loaded');
  const { stdout } = await run(['--file', '-', `${server.origin}/c`], { stdin: `${server.origin}/a\n` });
  expect(stdout).toContain('2 URLs: 1 loaded, 1 not modified');
  expect(server.seen.map(({ url }) => url)).toEqual(expect.arrayContaining(['/a', '/b', '/c']));
});

test('--json writes a line for each, and one for all', async () => {
  const { stdout, code } = await run(['--json', `${server.origin}/a`, `${server.origin}/missing`, 'no URL']);
  const lines = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { url?: string });
  const of = (url: string) => lines.find((line) => line.url === url);
  expect(code).toBe(1);
  expect(of(`${server.origin}/a`)).toEqual({
    url: `${server.origin}/a`,
    how: 'full',
    status: 200,
    bytes: 5,
    duration: expect.any(Number),
  });
  expect(of(`${server.origin}/missing`)).toEqual({ url: `${server.origin}/missing`, error: '404 Not Found' });
  expect(of('no URL')).toMatchObject({ error: expect.stringContaining('URL') });
  expect(lines.at(-1)).toEqual({
    summary: { urls: 3, loaded: 1, notModified: 0, failed: 2, waiting: 0, ratio: 0, savedBytes: 0, savedTime: 0 },
  });
});

describe('--output', () => {
  const fileOf = (output: string, url: string) => join(output, encodeURIComponent(url));

  test('keeps the current content of each URL, and leaves a file that has it', async () => {
    const output = join(folder, 'out');
    const long = `${server.origin}/${'x'.repeat(300)}`;
    const url = `${server.origin}/a`;
    await run(['--output', output, url, long]);
    expect(readdirSync(output)).toHaveLength(2);
    for (const file of readdirSync(output)) expect(readFileSync(join(output, file), 'utf8')).toBe('first');
    const { ino } = statSync(fileOf(output, url));
    expect((await run(['--output', output, url])).stdout).toMatch(/^1 URLs: 0 loaded, 1 not modified/);
    expect(statSync(fileOf(output, url)).ino).toBe(ino);
    writeFileSync(fileOf(output, url), 'something else');
    expect((await run(['--output', output, url])).stdout).toContain(`saved   ${url} (5 bytes)\n`);
    expect(readFileSync(fileOf(output, url), 'utf8')).toBe('first');
    // Nothing temporary is left.
    expect(readdirSync(output)).toHaveLength(2);
  });

  test('a file that could not be written, or was not asked for, is written the next time', async () => {
    const output = join(folder, 'feeds');
    const [a, b] = [`${server.origin}/a`, `${server.origin}/b`];
    mkdirSync(fileOf(output, a), { recursive: true });
    const failed = await run(['--output', output, a]);
    expect([failed.code, failed.stdout]).toEqual([1, expect.stringContaining('failed')]);
    rmSync(output, { recursive: true });
    await run([b]);
    const { code, stdout } = await run(['--output', output, a, b]);
    expect([code, stdout]).toEqual([0, expect.stringContaining('0 loaded, 2 not modified')]);
    for (const url of [a, b]) expect(readFileSync(fileOf(output, url), 'utf8')).toBe('first');
  });

  test('nothing is asked for where it can be no folder', async () => {
    const output = join(folder, 'feeds');
    writeFileSync(output, 'a file where the folder should be');
    const { code, stderr } = await run(['--output', output, `${server.origin}/a`]);
    expect([code, stderr]).toEqual([2, expect.stringContaining(`--output ${output}: EEXIST`)]);
    expect(server.seen).toHaveLength(0);
  });

  test('has a file for each of two URLs that are redirected to one', async () => {
    const from = await serve((_, response) => response.writeHead(302, { Location: `${server.origin}/to` }).end());
    const output = join(folder, 'out');
    const urls = [`${from.origin}/from1`, `${from.origin}/from2`];
    await run(['--output', output, '--per-host', '1', ...urls]);
    for (const url of urls) expect(readFileSync(fileOf(output, url), 'utf8')).toBe('first');
    from.close();
  });
});

test('says where a URL has moved for good', async () => {
  const from = await serve((_, response) => response.writeHead(301, { Location: `${server.origin}/to` }).end());
  const moved = `moved   ${from.origin}/a to ${server.origin}/to\n`;
  for (let nth = 0; nth < 2; nth++) expect((await run([`${from.origin}/a`])).stdout).toContain(moved);
  const { stdout } = await run(['--json', `${from.origin}/a`]);
  expect(JSON.parse(stdout.split('\n')[0] ?? '')).toMatchObject({ movedTo: `${server.origin}/to` });
  from.close();
});

describe('a server that asks to be left alone is, over restarts', () => {
  let fields: Record<string, string>;
  let status: number;
  let other: Serving;
  beforeEach(async () => {
    other = await serve((_, response) => response.writeHead(status, fields).end('x'));
  });
  afterEach(() => other.close());

  test.each<[asks: string, status: number, fields: Record<string, string>]>([
    ['Retry-After', 503, { 'Retry-After': '60' }],
    ['no request left', 200, { 'RateLimit-Remaining': '0', 'RateLimit-Reset': '60' }],
    ['no request left, as GitHub says', 403, { 'X-RateLimit-Remaining': '0', 'X-RateLimit-Reset': '60' }],
  ])('%s, of all its URLs', async (_, given, asked) => {
    [status, fields] = [given, asked];
    await run([`${other.origin}/a`]);
    const { code, stdout } = await run([`${other.origin}/a`, `${other.origin}/b`, `${server.origin}/a`]);
    expect(stdout).toMatch(/waits {3}\S+\/a \((60|59|58) s, as its server asked\)/);
    expect(stdout).toContain('3 URLs: 1 loaded, 0 not modified (0.0 %), 0 failed, 2 waiting;');
    expect([code, other.seen.length]).toEqual([0, 1]);
    await run(['--header', 'X-Other: 1', `${other.origin}/a`]);
    expect(other.seen).toHaveLength(2);
  });

  test('X-Poll-Interval, of the one URL; and then it is asked again', async () => {
    [status, fields] = [200, { 'X-Poll-Interval': '1' }];
    await run([`${other.origin}/a`]);
    await run([`${other.origin}/a`, `${other.origin}/b`]);
    expect(other.seen.map(({ url }) => url)).toEqual(['/a', '/b']);
    await sleep(1100);
    await run([`${other.origin}/a`]);
    expect(other.seen).toHaveLength(3);
  });
});

test('content that does not end fails alone', async () => {
  const endless = await serve(async (_, response) => {
    response.on('error', () => {}).writeHead(200, { ETag: '"v1"' });
    const bytes = Buffer.alloc(8 * 1024 * 1024);
    const ended = new Promise((resolve) => response.on('close', resolve));
    while (!response.destroyed)
      if (!response.write(bytes)) {
        await Promise.race([once(response, 'drain').catch(() => {}), ended]);
      }
  });
  const { code, stdout } = await run([`${endless.origin}/a`, `${server.origin}/a`]);
  endless.close();
  expect(stdout).toContain(`failed  ${endless.origin}/a: it is longer than 256 MiB\n`);
  expect(stdout).toContain('2 URLs: 1 loaded, 0 not modified (0.0 %), 1 failed;');
  expect(code).toBe(1);
  // A quarter of a GiB, on a busy machine.
}, 120_000);

test('what a server sends cannot control the terminal', async () => {
  const hostile = await serve((_, response) => {
    response.socket?.end('HTTP/1.1 404 \u001b]0;title\u0007\u009b1m\r\nContent-Length: 0\r\n\r\n', 'latin1');
  });
  const { stdout } = await run([hostile.origin]);
  expect(stdout).toContain('404 \\x1b]0;title\\x07');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the very characters
  expect(stdout).not.toMatch(/[\0-\x09\x0b-\x1f\x7f-\x9f]/);
  hostile.close();
});

test('the registry is for its owner alone', async () => {
  await run([`${server.origin}/a`]);
  for (const file of readdirSync(folder)) expect(statSync(join(folder, file)).mode & 0o077).toBe(0);
});

test('a registry that cannot be written is told of once, and what was read is read', async () => {
  await run([`${server.origin}/a`]);
  const db = new DatabaseSync(join(folder, 'registry.sqlite'));
  db.exec("CREATE TRIGGER full BEFORE INSERT ON responses BEGIN SELECT RAISE(FAIL, 'disk is full'); END");
  db.close();
  const { code, stdout, stderr } = await run(['b', 'c'].map((path) => `${server.origin}/${path}`));
  expect([code, stdout]).toEqual([0, expect.stringContaining('2 URLs: 2 loaded')]);
  expect(stderr).toBe(
    `--registry ${join(folder, 'registry.sqlite')}: disk is full; not all that was read now is known the next time.\n`,
  );
});

test('credentials without a key are warned of, and nothing that is read under them is stored', async () => {
  const args = ['--header', 'Authorization: Bearer a', `${server.origin}/a`];
  const { code, stderr } = await run(args);
  expect([code, stderr]).toEqual([0, expect.stringContaining('ETAG_POLL_KEY is not set')]);
  expect(readdirSync(folder)).toEqual([]);
  vi.stubEnv('ETAG_POLL_KEY', 'sixteen bytes at least');
  expect((await run(args)).stderr).toBe('');
  await run(args);
  expect(server.seen.map(({ headers }) => headers['if-none-match'])).toEqual([undefined, undefined, '"first"']);
  vi.unstubAllEnvs();
});

test('it says what it is, or what it is told to say', async () => {
  const url = `${server.origin}/a`;
  await run([url]);
  await run(['--user-agent', 'mine', url]);
  await run(['--header', 'User-Agent: of a field', url]);
  const agents = server.seen.map(({ headers }) => headers['user-agent']);
  expect(agents).toEqual([expect.stringMatching(/^etag-poll\/\d/), 'mine', 'of a field']);
});

test.each(['-h', '--help'])('%s', async (option) => {
  expect((await run([option])).stdout).toContain('--user-agent TEXT');
});

test('--version', async () => {
  expect((await run(['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
});

test('a closed pipe does not make it fail', async () => {
  const cli = fileURLToPath(new URL('cli.ts', import.meta.url));
  const urls = Array.from({ length: 200 }, (_, nth) => `${server.origin}/${nth}`);
  const command = `"${process.execPath}" --no-warnings "${cli}" --registry :memory: ${urls.join(' ')}`;
  const { stdout, stderr } = await promisify(execFile)('sh', ['-c', `${command} | head -1`]);
  expect([stdout.split('\n').length, stderr]).toEqual([2, '']);
});

test('nor does it keep the files from being written, of standard output or of the errors', async () => {
  const cli = fileURLToPath(new URL('cli.ts', import.meta.url));
  const urls = Array.from({ length: 5 }, (_, nth) => `${server.origin}/${nth}`);
  const options = `--registry :memory: --output ${join(folder, 'files')} --header 'Authorization: a'`;
  const command = `"${process.execPath}" --no-warnings "${cli}" ${options} ${urls.join(' ')}`;
  await promisify(execFile)('sh', ['-c', `${command} 2>&1 | true; true`]);
  expect(readdirSync(join(folder, 'files'))).toHaveLength(5);
});

test('a part is not saved as if it were all', async () => {
  server.close();
  server = await serve((_, response) => response.writeHead(206, { 'Content-Range': 'bytes 0-1/9' }).end('pa'));
  const { code, stdout } = await run(['--output', join(folder, 'files'), `${server.origin}/a`]);
  expect([code, stdout]).toEqual([1, expect.stringContaining('206 Partial Content')]);
});

test('--header goes with each request', async () => {
  await run(['--header', 'Authorization: Bearer a:b', '--header', 'Accept:text/plain', `${server.origin}/a`]);
  expect(server.seen[0]?.headers).toMatchObject({ authorization: 'Bearer a:b', accept: 'text/plain' });
});

test('the bar is for a terminal', async () => {
  expect((await run([`${server.origin}/a`])).stderr).toBe('');
  const { stderr, stdout } = await run([`${server.origin}/a`], { isTTY: true });
  expect(stderr).toContain('[##############################] 1/1');
  expect(stdout).not.toContain('#');
});

describe('what it does not understand', () => {
  test.each([
    [[], 'No URL, and no --file.'],
    [['--per-host', '0', 'http://localhost'], '--per-host 0 is not a positive number'],
    [['--header', 'Accept', 'http://localhost'], `--header "Accept" is not a field: 'Name: value'`],
    [['--timeout', '99999999', 'http://localhost'], '--timeout 99999999 is more than 2147483'],
    [['--registry', '/nonexistent/x.db', 'http://localhost'], '--registry /nonexistent/x.db: '],
    [['--nonsense'], '--nonsense'],
    [['--file', '/not/there'], '--file /not/there: ENOENT'],
    [['--file', '/'], '--file /: EISDIR'],
  ])('%j', async (args, message) => {
    const { code, stderr } = await run(args);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
    expect(stderr).toContain('See etag-poll --help.');
  });
});

test('runs as a program', async () => {
  const args = [fileURLToPath(new URL('cli.ts', import.meta.url)), '--registry', ':memory:', `${server.origin}/a`];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  expect(stdout).toContain('1 URLs: 1 loaded');
  const help = await promisify(execFile)(process.execPath, [...args.slice(0, 1), '--help']);
  expect(help.stdout).toContain('etag-poll [options]');
});
