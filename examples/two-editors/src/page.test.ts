import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { type IncomingMessage, request } from 'node:http';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { type Browser, type BrowserContext, chromium, type Locator, type Page } from 'playwright-core';
import { available, startNginx } from 'servers';
import { build } from 'vite';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { chromiumPath } from './browser.ts';
import { serveEditors } from './serve.ts';

const executablePath = chromiumPath();
if (!executablePath) console.warn('The tests of the page are skipped: no chromium on the PATH.');

const example = fileURLToPath(new URL('..', import.meta.url));
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

describe.skipIf(!executablePath)('the page, in Chromium', { timeout: 60_000 }, () => {
  let folder: string;
  let browser: Browser;
  let server: Awaited<ReturnType<typeof serveEditors>>;
  let context: BrowserContext;
  let page: Page;
  let failures: string[];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'two-editors-'));
    const outDir = join(folder, 'page');
    await build({ root: example, logLevel: 'warn', build: { outDir, emptyOutDir: true } });
    browser = await chromium.launch({ executablePath: executablePath ?? '', args: ['--no-sandbox'] });
  }, 120_000);

  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  beforeEach(async () => {
    server = await serveEditors({ port: 0, page: join(folder, 'page') });
    context = await browser.newContext({ viewport: { width: 1200, height: 900 } });
    page = await context.newPage();
    page.setDefaultTimeout(15_000);
    failures = [];
    page.on('pageerror', (error) => failures.push(String(error)));
    await page.goto(origin());
    await outcome(ada()).filter({ hasText: 'Here is the note.' }).waitFor();
    await outcome(grace()).filter({ hasText: 'Here is the note.' }).waitFor();
  });

  afterEach(async () => {
    await context.close();
    await server.close();
    expect(failures).toEqual([]);
  });

  const origin = () => `http://localhost:${server.port}`;
  const ada = () => page.getByRole('region', { name: 'Ada' });
  const grace = () => page.getByRole('region', { name: 'Grace' });
  const outcome = (editor: Locator) => editor.getByRole('status');
  const title = (editor: Locator) => editor.getByLabel('Title');
  const text = (editor: Locator) => editor.getByLabel('Text', { exact: true });
  const press = (editor: Locator, name: string) => editor.getByRole('button', { name, exact: true }).click();
  const conflict = (editor: Locator) => editor.getByRole('heading', { name: 'Whose change is where' });
  const connection = (editor: Locator, value: string) => editor.getByLabel('Connection').selectOption(value);

  /** The exchanges shown on the page, the oldest first: `Ada PUT If-Match 200`. */
  async function exchanges(): Promise<string[]> {
    const items = await page.locator('#exchanges li').all();
    const lines = items.reverse().map(async (item) => {
      const [who, request, response] = await item.locator('.who, .head').allTextContents();
      const [, precondition = ''] = /(If-[A-Za-z-]+):/.exec(request ?? '') ?? [];
      return [who, request?.split(' ')[0], precondition, response?.slice(0, 3)].filter(Boolean).join(' ');
    });
    return Promise.all(lines);
  }

  /** What the server has, as anybody would read it. */
  async function stored(id = 'bread'): Promise<{ title: string; text: string }> {
    return (await fetch(`${origin()}/notes/${id}`)).json() as Promise<{ title: string; text: string }>;
  }

  /** The bytes of content of a response as a browser gets it, which fetch would not tell. */
  async function codedLength(path: string): Promise<number> {
    const asked = request(origin() + path, { headers: { 'Accept-Encoding': 'gzip' } }).end();
    const [response] = (await once(asked, 'response')) as [IncomingMessage];
    expect(response.headers['content-encoding']).toBe('gzip');
    return (await buffer(response)).byteLength;
  }

  /** Replaces some words of an editor's text. */
  async function change(editor: Locator, from: string, to: string) {
    const before = await text(editor).inputValue();
    expect(before).toContain(from);
    await text(editor).fill(before.replace(from, to));
  }

  /** Ada saves; Grace, who has read what was there before, is refused. */
  async function collide(hers: [string, string], theirs: [string, string]) {
    await change(ada(), ...theirs);
    await press(ada(), 'Save');
    await expectOutcome(ada(), 'Saved.');
    await change(grace(), ...hers);
    await press(grace(), 'Save');
    await expectOutcome(grace(), 'Refused with 412: the note has changed since you read it.');
    await conflict(grace()).waitFor();
  }

  async function expectOutcome(editor: Locator, words: string) {
    await outcome(editor).filter({ hasText: words }).waitFor();
  }

  async function shoot(name: string) {
    await page.screenshot({ path: join(example, 'screenshots', `${name}.png`), fullPage: true });
  }

  /** @returns what axe objects to */
  async function violations(): Promise<string[]> {
    await page.evaluate(axe);
    const { violations } = await page.evaluate(
      async () => await (window as unknown as { axe: typeof import('axe-core') }).axe.run(),
    );
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`);
  }

  const SALT: [string, string] = ['Salt: 10 g', 'Salt: 9 g'];
  const MORE_SALT: [string, string] = ['Salt: 10 g', 'Salt: 12 g'];
  const OVEN: [string, string] = ['230 °C', '240 °C'];

  it('the second save is refused, and overwrites nothing', async () => {
    await collide(SALT, MORE_SALT);
    expect((await stored()).text).toContain('Salt: 12 g');
    expect(await text(grace()).inputValue()).toContain('Salt: 9 g');
    expect((await exchanges()).slice(2)).toEqual([
      'Ada PUT If-Match 200',
      'Ada GET 200',
      'Grace PUT If-Match 412',
      'Grace GET If-None-Match 200',
    ]);
  });

  it.each([
    ['Keep mine', 'Salt: 9 g', 'Bread for Saturday'],
    ['Take theirs', 'Salt: 12 g', 'Bread for Saturday'],
  ])('%s: then what is shown is what is stored', async (way, salt, name) => {
    await collide(SALT, MORE_SALT);
    await press(grace(), way);
    expect(await text(grace()).inputValue()).toContain(salt);
    await press(grace(), 'Save');
    await expectOutcome(grace(), 'Saved.');
    expect(await stored()).toMatchObject({ title: name, text: await text(grace()).inputValue() });
    expect((await stored()).text).toContain(salt);
  });

  it.each([
    ['Yours', 'Salt: 9 g'],
    ['Theirs', 'Salt: 12 g'],
  ])('Merge: of the line that both changed, %s stands where it was chosen', async (side, salt) => {
    await collide(SALT, MORE_SALT);
    await press(grace(), 'Merge');
    // Without a choice nothing is merged.
    await conflict(grace()).waitFor();
    await grace().getByRole('radio', { name: side }).check();
    await press(grace(), 'Merge');
    await expectOutcome(grace(), 'The changes of both.');
    await press(grace(), 'Save');
    await expectOutcome(grace(), 'Saved.');
    expect((await stored()).text).toContain(salt);
  });

  it('Merge: changes that do not overlap are merged without a question', async () => {
    await title(ada()).fill('Bread for Sunday');
    await collide(SALT, OVEN);
    expect(await grace().getByRole('radio').count()).toBe(0);
    await press(grace(), 'Merge');
    await press(grace(), 'Save');
    await expectOutcome(grace(), 'Saved.');
    const { title: name, text } = await stored();
    expect([name, text.includes('Salt: 9 g'), text.includes('240 °C')]).toEqual(['Bread for Sunday', true, true]);
  });

  it('a read of what has not changed costs a 304, and says what it saved', async () => {
    await press(ada(), 'Read again');
    await expectOutcome(ada(), 'Nothing has changed since you read it.');
    const last = (await page.locator('#exchanges li').first().textContent()) ?? '';
    expect(last).toContain('304 Not Modified');
    expect(last).toContain(`${await codedLength('/notes/bread')} bytes saved`);
  });

  it('what the page shows is what was sent: the browser adds no validators of its own cache', async () => {
    const read = page.waitForRequest((request) => request.url().endsWith('/notes/bread'));
    await page.reload();
    expect(await (await read).allHeaders()).not.toHaveProperty('if-none-match');
    await expectOutcome(ada(), 'Here is the note.');
    await expectOutcome(grace(), 'Here is the note.');
    expect((await exchanges()).sort()).toEqual(['Ada GET 200', 'Grace GET 200']);
  });

  it('create-only: the second who creates the note is refused', async () => {
    await page.getByRole('link', { name: 'A note that is not there yet' }).click();
    await expectOutcome(ada(), 'There is no such note yet.');
    await expectOutcome(grace(), 'There is no such note yet.');
    expect(await violations()).toEqual([]);
    for (const editor of [ada(), grace()]) await title(editor).fill('Soup');
    await text(ada()).fill('Leek');
    await press(ada(), 'Create');
    await expectOutcome(ada(), 'Saved.');
    await text(grace()).fill('Pumpkin');
    await press(grace(), 'Create');
    await expectOutcome(grace(), 'Refused with 412');
    const id = new URL(page.url()).searchParams.get('note') ?? '';
    expect(await stored(id)).toMatchObject({ title: 'Soup', text: 'Leek' });
    expect((await exchanges()).slice(2)).toEqual([
      'Ada PUT If-None-Match 201',
      'Ada GET 200',
      'Grace PUT If-None-Match 412',
      'Grace GET 200',
    ]);
    expect(await violations()).toEqual([]);
    await shoot('create-only');
  });

  it('offline: the outcome is unknown; then it is read that the save did not arrive, and it is sent again', async () => {
    await context.setOffline(true);
    await change(ada(), ...SALT);
    await press(ada(), 'Save');
    await expectOutcome(ada(), 'your save may have arrived, or not');
    await press(ada(), 'Read again');
    await expectOutcome(ada(), 'still unknown');
    // The page reads by itself once the browser says that it is online.
    await context.setOffline(false);
    await expectOutcome(ada(), 'your save did not arrive');
    await press(ada(), 'Save');
    await expectOutcome(ada(), 'Saved.');
    expect((await stored()).text).toContain('Salt: 9 g');
  });

  it('a lost answer: the outcome is unknown; then it is read that the save had arrived', async () => {
    await connection(ada(), 'loses');
    await change(ada(), ...SALT);
    await press(ada(), 'Save');
    await expectOutcome(ada(), 'your save may have arrived, or not');
    await shoot('unknown');
    expect(await violations()).toEqual([]);
    await connection(ada(), 'works');
    await press(ada(), 'Read again');
    await expectOutcome(ada(), 'your save had arrived');
    expect((await exchanges()).filter((exchange) => exchange.startsWith('Ada PUT'))).toHaveLength(1);
  });

  it('a lost answer, and saved again at once: the 412 is not taken for a conflict', async () => {
    await connection(ada(), 'loses');
    await change(ada(), ...SALT);
    await press(ada(), 'Save');
    await expectOutcome(ada(), 'your save may have arrived, or not');
    await connection(ada(), 'works');
    await press(ada(), 'Save');
    await expectOutcome(ada(), 'The note says what you wrote.');
    expect(await conflict(ada()).count()).toBe(0);
  });

  it('a lost answer, more typed, and saved again: what had arrived is known for the own, and the rest is saved', async () => {
    await connection(ada(), 'loses');
    await change(ada(), ...SALT);
    await press(ada(), 'Save');
    await expectOutcome(ada(), 'your save may have arrived, or not');
    await connection(ada(), 'works');
    await change(ada(), ...OVEN);
    await press(ada(), 'Save');
    await expectOutcome(ada(), 'Refused with 412: your save before had arrived.');
    expect(await conflict(ada()).count()).toBe(0);
    await press(ada(), 'Save');
    await expectOutcome(ada(), 'Saved.');
    expect((await stored()).text).toBe(await text(ada()).inputValue());
  });

  it('by keyboard alone: type, save, collide, choose, merge, save', async () => {
    const focused = () =>
      page.evaluate(() => {
        const { activeElement } = document;
        const field = activeElement as HTMLInputElement;
        return field.type === 'radio' ? field.value : (field.labels?.[0] ?? field).textContent?.trim();
      });
    const tab = async (...stops: string[]) => {
      for (const stop of stops) {
        await page.keyboard.press('Tab');
        expect(await focused()).toContain(stop);
      }
    };
    const typeAtEnd = async (words: string) => {
      await page.keyboard.press('Control+End');
      await page.keyboard.type(words);
    };

    await tab('The first note', 'A note that is not there yet', 'Title', 'Text');
    await typeAtEnd(' Let it cool.');
    await tab('Save');
    await page.keyboard.press('Enter');
    await expectOutcome(ada(), 'Saved.');
    await tab('Read again', 'Connection', 'Title');
    await typeAtEnd(', and Sunday');
    await tab('Text');
    await typeAtEnd(' Eat.');
    await tab('Save');
    await page.keyboard.press('Enter');
    await expectOutcome(grace(), 'Refused with 412');
    expect(await focused()).toBe('Whose change is where');
    await tab('mine');
    await page.keyboard.press('ArrowDown');
    expect(await focused()).toBe('theirs');
    await tab('Merge');
    await page.keyboard.press('Enter');
    expect(await focused()).toBe('Save');
    await page.keyboard.press('Enter');
    await expectOutcome(grace(), 'Saved.');
    const { title: name, text } = await stored();
    expect([name, text.split('\n').at(-1)]).toEqual([
      'Bread for Saturday, and Sunday',
      'Bake at 230 °C for 35 minutes. Let it cool.',
    ]);
  });

  describe('behind nginx, which compresses for an application that does not', () => {
    /** Opens the page of another server through nginx; without nginx on this machine, nothing is tested. */
    async function throughNginx(acceptWeakened: boolean, test: () => Promise<void>) {
      await server.close();
      server = await serveEditors({ port: 0, page: join(folder, 'page'), acceptWeakened });
      const nginx = await available('two-editors behind nginx', () => startNginx(gzipping(server.port)));
      if (!nginx) return;
      try {
        await page.goto(nginx.url);
        await expectOutcome(ada(), 'Here is the note.');
        await expectOutcome(grace(), 'Here is the note.');
        expect(await ada().locator('[data-name=tag]').textContent()).toMatch(/^W\/"v/);
        await test();
      } finally {
        await nginx.stop();
      }
    }

    it('with acceptWeakened the save is done, and the second one is refused', { timeout: 120_000 }, () =>
      throughNginx(true, async () => {
        await collide(SALT, MORE_SALT);
        expect((await stored()).text).toContain('Salt: 12 g');
        await press(grace(), 'Keep mine');
        await press(grace(), 'Save');
        await expectOutcome(grace(), 'Saved.');
        expect((await stored()).text).toContain('Salt: 9 g');
      }),
    );

    it('without it the page says why nothing can be saved, and blames nobody', { timeout: 120_000 }, () =>
      throughNginx(false, async () => {
        await change(ada(), ...SALT);
        await press(ada(), 'Save');
        await expectOutcome(ada(), '412 Precondition Failed: If-Match holds a weak tag (W/)');
        await expectOutcome(ada(), 'A proxy that compresses may have weakened it.');
        await expectOutcome(ada(), 'acceptWeakened');
        expect(await outcome(ada()).textContent()).not.toContain('has changed');
        expect(await conflict(ada()).count()).toBe(0);
        // What was typed is still there, and no second request was made to no end.
        expect(await text(ada()).inputValue()).toContain('Salt: 9 g');
        expect((await exchanges()).slice(2)).toEqual(['Ada PUT If-Match 412']);
        expect((await stored()).text).toContain('Salt: 10 g');
        await shoot('weakened');
      }),
    );
  });

  it.each(['light', 'dark'] as const)(
    'axe has nothing to say in the %s, read, refused and merged',
    async (colorScheme) => {
      await page.emulateMedia({ colorScheme });
      expect(await violations()).toEqual([]);
      await shoot(colorScheme);
      await title(ada()).fill('Bread for Sunday');
      await collide(SALT, MORE_SALT);
      expect(await violations()).toEqual([]);
      await shoot(`${colorScheme}-conflict`);
      await press(grace(), 'Keep mine');
      expect(await violations()).toEqual([]);
    },
  );

  it('360 px wide: nothing has to be scrolled sideways', async () => {
    await page.setViewportSize({ width: 360, height: 740 });
    const width = () => page.evaluate(() => document.documentElement.scrollWidth);
    expect(await width()).toBeLessThanOrEqual(360);
    await shoot('phone');
    await change(ada(), 'overnight', 'overnight'.repeat(20));
    await collide(SALT, MORE_SALT);
    await page.getByText('bytes of content saved').waitFor();
    expect(await width()).toBeLessThanOrEqual(360);
    expect(await violations()).toEqual([]);
    await shoot('phone-conflict');
  });
});

/** nginx as it is often set up: it asks for content as it is, and compresses it itself. */
function gzipping(application: number): (port: number) => string {
  return (port) => `
    gzip on;
    gzip_types application/json;
    server {
      listen 127.0.0.1:${port};
      location / {
        proxy_pass http://localhost:${application};
        proxy_set_header Accept-Encoding "";
      }
    }`;
}
