import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Browser, openBrowser, type Screen, type Tab } from '../../../../site/check/devtools.ts';
import { startEndpoint } from '../../test/reference.ts';
import { command } from '../command.ts';

// The page as a browser shows it.

const folder = mkdtempSync(join(tmpdir(), 'doctor-html-'));
const page = join(folder, 'report.html');
const LONG = `"${'0123456789abcdef'.repeat(20)}"`;

beforeAll(async () => {
  const right = await startEndpoint();
  const wrong = await startEndpoint({
    misread: (asked) => ({
      ...asked,
      headers: { ...asked.headers, 'if-none-match': undefined, 'if-range': undefined },
    }),
    tamper: (answer) => {
      answer.headers.set('server', 'nginx/1.27.0');
      answer.headers.set('via', '1.1 a-proxy-with-a-long-name.example, 1.1 another-proxy-with-a-long-name.example');
      answer.headers.delete('vary');
      if (answer.status === 200)
        answer.headers.set('etag', answer.headers.has('content-encoding') ? `W/${LONG}` : LONG);
      return answer;
    },
  });
  const urls = [wrong.url, right.url, `http://127.0.0.1:1/${'a-long-path/'.repeat(20)}`];
  const options = ['--html', page, '--clients', '1000'];
  await command([...urls, ...options], { log() {}, error() {}, isColored: false });
  right.close();
  wrong.close();
});
afterAll(() => rmSync(folder, { recursive: true }));

const screens: [string, Screen][] = [
  ['on a desktop', { width: 1280, height: 800, scheme: 'light' }],
  ['on a phone, in the dark', { width: 375, height: 812, scheme: 'dark' }],
  ['on a phone without scripts', { width: 375, height: 812, scheme: 'light', hasScripts: false }],
];

describe.each(screens)('%s', (_, screen) => {
  let browser: Browser;
  let tab: Tab;
  beforeAll(async () => {
    browser = await openBrowser();
    tab = await browser.tab(screen);
    await tab.open(pathToFileURL(page).href);
    // On a busy machine a browser takes long to start.
  }, 60_000);
  afterAll(() => browser.close());

  it('is as wide as the screen, and without an error', async () => {
    expect(await tab.evaluate('document.documentElement.scrollWidth')).toBe(screen.width);
    expect(tab.takeErrors()).toEqual([]);
  });

  it('shows everything: verdicts, findings, lines that mend them, requests, what did not apply', async () => {
    const text = await tab.evaluate<string>('document.body.textContent');
    for (const part of ['nothing found', 'not audited', 'coding-tag-weakened', 'range-stale', LONG, 'gzip_vary on;'])
      expect(text).toContain(part);
    expect(text).toContain("curl -s -D - -o /dev/null -H 'Accept-Encoding: gzip'");
    expect(text).toContain('The addresses of two nodes are not given (--node).');
    expect(await tab.evaluate('document.querySelectorAll("svg").length')).toBe(1);
  });

  it('opens what is folded, as a click does', async () => {
    const height = () => tab.evaluate<number>('document.body.scrollHeight');
    const folded = await height();
    await tab.evaluate('document.querySelectorAll("summary").forEach((one) => one.click())');
    expect(await tab.evaluate('document.querySelectorAll("details:not([open])").length')).toBe(0);
    expect(await height()).toBeGreaterThan(folded);
    expect(await tab.evaluate('document.documentElement.scrollWidth')).toBe(screen.width);
  });
});
