import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { openBrowser, type Screen, type Tab } from './devtools.ts';
import { pagesOf, serve } from './serve.ts';

// Opens built pages in Chromium, wide and narrow, light and dark. A page may not write an error to the console, may not scroll
// sideways, and axe may find nothing serious in it.
// Run after pnpm docs:build: pnpm docs:check [--all | PAGE…]

/** A page of each kind. The long form opens all. */
const SAMPLE: readonly string[] = [
  '',
  'start/',
  'why/',
  'try/',
  'guides/browser/',
  'stores/',
  'errors/',
  'conformance/',
  'performance/',
  'packages/core/',
  'reference/hono/',
  'checks/coding-tag-weakened/',
  'decisions/',
  '404.html',
];

const VIEWS: readonly Screen[] = [
  { width: 1280, height: 800, scheme: 'light' },
  { width: 375, height: 812, scheme: 'dark' },
];

/** What axe names, and what is right all the same: a rule, and the element. */
const EXCEPTIONS: readonly { readonly id: string; readonly target: string }[] = [
  // The button says "Search", and draws its shortcut beside that. Programs are told the shortcut by aria-keyshortcuts, and
  // nobody speaks it as a part of the name.
  { id: 'label-content-name-mismatch', target: 'button[data-open-modal=""]' },
];

/** What axe reports of a page, as far as it is read here. */
interface Violation {
  readonly id: string;
  readonly impact: string | null;
  readonly help: string;
  readonly nodes: readonly { readonly target: readonly string[] }[];
}

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

function isException(id: string, { target }: Violation['nodes'][number]): boolean {
  return EXCEPTIONS.some((one) => one.id === id && one.target === target.join(' '));
}

/** The widest elements that reach over the right edge, if the page scrolls sideways. */
const OVERFLOWING = `(() => {
  const { scrollWidth, clientWidth } = document.documentElement;
  if (scrollWidth <= clientWidth) return [];
  const wide = [...document.body.querySelectorAll('*')].filter((one) => one.getBoundingClientRect().right > clientWidth + 1);
  return [scrollWidth + ' px', ...wide.slice(0, 3).map((one) => one.tagName.toLowerCase() + '.' + one.className)];
})()`;

/**
 * Starlight lets code that scrolls take the focus, and MarkdownContent.astro a table, both a moment after the page is there.
 */
const SCROLLERS_ARE_READY = `new Promise((resolve) => {
  const until = performance.now() + 20_000;
  const isReady = (one) => one.scrollWidth <= one.clientWidth || one.tabIndex === 0;
  const look = () => [...document.querySelectorAll('pre, table')].every(isReady) || performance.now() > until ? resolve() : setTimeout(look, 20);
  look();
})`;

/** The list of all pages stands beside each. It is long, and is looked at on one page only. */
const WITH_LIST = 'start/';

const violationsIn = (context: string) =>
  `axe.run(${context}, { resultTypes: ['violations'], preload: false }).then(({ violations }) => violations)`;

/** What is wrong with a page that is open. */
async function faultsOf(tab: Tab, context: string): Promise<string[]> {
  await tab.evaluate(SCROLLERS_ARE_READY);
  const overflowing = await tab.evaluate<string[]>(OVERFLOWING);
  await tab.evaluate(`${axe}; undefined`);
  const violations = await tab.evaluate<Violation[]>(violationsIn(context));
  const grave = violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ nodes, ...rest }) => ({ ...rest, nodes: nodes.filter((node) => !isException(rest.id, node)) }))
    .filter(({ nodes }) => nodes.length > 0);
  return [
    ...tab.takeErrors().map((error) => `console: ${error}`),
    ...(overflowing.length > 0 ? [`scrolls sideways: ${overflowing.join(', ')}`] : []),
    ...grave.map(({ id, help, nodes }) => {
      const places = nodes.slice(0, 3).map(({ target }) => target.join(' '));
      return `axe ${id}: ${help} (${nodes.length}): ${places.join(' | ')}`;
    }),
  ];
}

/** Opens the pages one after the other. Each view has a browser: a tab behind another one does not lay out its page. */
async function faultsIn(view: Screen): Promise<number> {
  const browser = await openBrowser();
  const tab = await browser.tab(view);
  let count = 0;
  for (const page of pages) {
    await tab.open(server.origin + page);
    for (const fault of await faultsOf(tab, page === WITH_LIST ? 'document' : "{ exclude: ['.sidebar-pane'] }")) {
      count += 1;
      console.log(`/${page} at ${view.width} px, ${view.scheme}: ${fault}`);
    }
  }
  await browser.close();
  return count;
}

const args = process.argv.slice(2);
const pages = args.includes('--all') ? pagesOf() : args.length > 0 ? args : SAMPLE;
const began = performance.now();
const server = await serve();
const found = await Promise.all(VIEWS.map(faultsIn));
server.close();
const faults = found.reduce((sum, count) => sum + count);
const seconds = Math.round((performance.now() - began) / 1000);
console.log(`${pages.length} pages in Chromium, ${VIEWS.length} views each, ${faults} faults, ${seconds} s`);
if (faults > 0) process.exitCode = 1;
