import { execFileSync } from 'node:child_process';
import type { WireRequest } from '@etag/wire';
import { describe, expect, it } from 'vitest';
import { curlLine } from './curl.ts';
import type { Sent } from './probe.ts';

function sent(
  request: Partial<WireRequest>,
  url = 'http://notes.example/notes/1',
  address: string | null = null,
): Sent {
  return { url: new URL(url), request: { method: 'GET', path: '/notes/1', headers: [], ...request }, address } as Sent;
}

/** What bash hands to curl, byte by byte. */
function argumentsOf(line: string): string[] {
  const script = `curl() { printf '%s\\0' "$@"; }; ${line}`;
  return execFileSync('bash', ['-c', script], { encoding: 'latin1' }).split('\0').slice(0, -1);
}

describe('bash reads what was sent', () => {
  it.each([
    ['If-None-Match', '"etag,doctor",\tW/"a"'],
    ['If-None-Match', `"it's \\x"`],
    ['If-None-Match', `"it's\t\\x'"`],
    ['If-None-Match', '"\xe9\xff"'],
    ['If-None-Match', '"$HOME `id` \\"'],
  ])('%s: %s', (name, value) => {
    expect(argumentsOf(curlLine(sent({ headers: [[name, value]] })))).toContain(`${name}: ${value}`);
  });

  it.each(['@etc\n', 'one\ntwo\n', '{"text":"it\'s"}', 'h\u00e9llo \u2713\n'])('content: %j', (text) => {
    const args = argumentsOf(curlLine(sent({ method: 'PUT', content: Buffer.from(text) })));
    // What begins with @ is a file to --data-binary.
    expect(args[args.indexOf('--data-raw') + 1]).toBe(Buffer.from(text).toString('latin1'));
  });
});

describe('curl connects as the audit did', () => {
  const https = 'https://notes.example/';

  it('in HTTP/1.1, and trusts whom it trusted', () => {
    expect(curlLine(sent({}, https))).toContain(' --http1.1 -D ');
    expect(curlLine(sent({}, https), { insecure: true })).toContain(' -k ');
    expect(curlLine(sent({}, https), { ca: 'PEM' })).toContain(" --cacert '…' ");
    expect(curlLine(sent({}), { insecure: true })).not.toMatch(/-k|--http1/);
  });

  it('to the address of --resolve, of a node, or of an origin', () => {
    const resolve = { 'notes.example:443': '10.0.0.7:8443' };
    expect(curlLine(sent({}, https), { resolve })).toContain('--connect-to notes.example:443:10.0.0.7:8443');
    expect(curlLine(sent({}, https, '10.0.0.8'), { resolve })).toContain('--connect-to notes.example:443:10.0.0.8:443');
    expect(curlLine(sent({}), { resolve })).not.toContain('--connect-to');
  });
});

it('the head is printed once, and content where it is what differs', () => {
  expect(argumentsOf(curlLine(sent({ method: 'HEAD' })))).toEqual(expect.arrayContaining(['-I', '-o', '/dev/null']));
  expect(curlLine(sent({}), {}, [])).not.toContain('/dev/null');
});
