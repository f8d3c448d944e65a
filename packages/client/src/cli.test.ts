import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { resource, type Serving, serve } from '../test/server.js';
import { main } from './cli.js';

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
    /^2 URLs: 0 loaded, 2 not modified \(100\.0 %\), 0 failed; 10 bytes and -?\d\.\d\d s saved\n$/,
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
    summary: { urls: 3, loaded: 1, notModified: 0, failed: 2, ratio: 0, savedBytes: 0, savedTime: 0 },
  });
});

test('--output writes what was loaded, and leaves what has not changed', async () => {
  const output = join(folder, 'out');
  const long = `${server.origin}/${'x'.repeat(300)}`;
  await run(['--output', output, `${server.origin}/a`, long]);
  const files = readdirSync(output);
  expect(files).toHaveLength(2);
  expect(files).toContain(encodeURIComponent(`${server.origin}/a`));
  for (const file of files) {
    expect(readFileSync(join(output, file), 'utf8')).toBe('first');
    writeFileSync(join(output, file), 'mine');
  }
  await run(['--output', output, `${server.origin}/a`]);
  expect(readFileSync(join(output, encodeURIComponent(`${server.origin}/a`)), 'utf8')).toBe('mine');
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
    [['--per-host', '0', 'http://localhost'], '--per-host 0 is no positive number'],
    [['--header', 'Accept', 'http://localhost'], `--header "Accept" is no field: 'Name: value'`],
    [['--nonsense'], '--nonsense'],
    [['--file', '/not/there'], 'ENOENT'],
  ])('%j', async (args, message) => {
    const { code, stderr } = await run(args);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
    expect(stderr).toContain('See etag-poll --help.');
  });
});

test('runs as a program', async () => {
  const script = (path: string) => fileURLToPath(new URL(path, import.meta.url));
  const args = [
    '--import',
    script('../../sources.mjs'),
    script('cli.ts'),
    '--registry',
    ':memory:',
    `${server.origin}/a`,
  ];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  expect(stdout).toContain('1 URLs: 1 loaded');
  const help = await promisify(execFile)(process.execPath, [...args.slice(0, 3), '--help']);
  expect(help.stdout).toContain('etag-poll [options]');
});
