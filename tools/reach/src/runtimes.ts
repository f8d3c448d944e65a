import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serve } from '@hono/node-server';
import { build, type Plugin } from 'esbuild';
import { Miniflare } from 'miniflare';
import { markdown } from '../../checks/markdown.ts';
import { chromium, flags } from '../../chromium.ts';
import { nodeOf } from '../../release/src/program.ts';
import { notesApp } from './notes.ts';
import { program } from './program.ts';
import type { Report } from './suite/index.ts';

// Runs one suite on every runtime, the same bundle on each, and writes what came of it into docs/runtimes.md:
//   pnpm test:runtimes [--check]
// With --check nothing is written, and a page with other rows is a failure. A case that fails is one either way.

/** No runtime may take longer, in ms. */
const LIMIT = 120_000;

/** What the laws import of Node, as browsers have it. */
const ofNode: Plugin = {
  name: 'of-node',
  setup({ onResolve, onLoad }) {
    const modules: Record<string, string> = {
      'node:assert/strict': "import assert from 'assert'; export default assert.strict;",
      'node:timers/promises':
        'export const setTimeout = (ms, value) => new Promise((resolve) => globalThis.setTimeout(resolve, ms, value));',
    };
    onResolve({ filter: /^node:/ }, ({ path }) => (path in modules ? { path, namespace: 'of-node' } : undefined));
    onLoad({ filter: /./, namespace: 'of-node' }, ({ path }) => ({
      contents: modules[path] ?? '',
      resolveDir: import.meta.dirname,
    }));
  },
};

/** The suite, and what hands its report over, in one file. */
async function bundleOf(origin: string): Promise<string> {
  const report = `${origin}/report`;
  const { outputFiles } = await build({
    stdin: {
      contents: `
        import { runSuite } from './suite/index.ts';
        const suite = async () => {
          const report = await runSuite('${origin}').catch((error) => ({ error: String(error?.stack) }));
          await fetch('${report}', { method: 'POST', body: JSON.stringify(report) });
        };
        if (globalThis.navigator?.userAgent !== 'Cloudflare-Workers') await suite();
        export default { async fetch() { await suite(); return new Response('done'); } };
      `,
      resolveDir: import.meta.dirname,
      loader: 'ts',
    },
    bundle: true,
    format: 'esm',
    platform: 'neutral',
    mainFields: ['module', 'main'],
    external: ['node:*'],
    define: { 'process.env.NODE_DEBUG': 'undefined', global: 'globalThis' },
    // A part of the package `assert` looks at the process.
    banner: { js: 'globalThis.process ??= { env: {} };' },
    plugins: [ofNode],
    write: false,
    logLevel: 'error',
  });
  return outputFiles[0]?.text ?? '';
}

/** A runtime that runs the bundle, until it is stopped. */
interface Runtime {
  readonly name: string;
  /** Resolves to what stops it; `said` resolves once it has ended by itself, with what it said. */
  start(): Promise<{ said?: Promise<string>; stop(): Promise<void> | void }>;
}

const folder = mkdtempSync(join(tmpdir(), 'runtimes-'));
const file = join(folder, 'suite.mjs');

function started(command: string, args: readonly string[]) {
  // With its group: the program of Deno's package starts another one.
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  return { said: saidBy(child), stop: () => kill(child) };
}

async function saidBy(child: ChildProcess): Promise<string> {
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (text) => (said += text));
  const [ended] = await Promise.race([once(child, 'close'), once(child, 'error')]);
  return `${said}\nended with ${ended}`;
}

function kill({ pid, exitCode, signalCode }: ChildProcess): void {
  if (pid !== undefined && exitCode === null && signalCode === null) process.kill(-pid);
}

function runtimes(bundle: string, origin: string): Runtime[] {
  return [
    ...['22', '24', '26'].map((version) => ({
      name: `Node ${version}`,
      start: async () => started(await nodeOf(version), [file]),
    })),
    { name: 'Bun', start: async () => started(program('bun'), ['run', file]) },
    {
      name: 'Deno',
      start: async () => started(process.execPath, [program('deno'), 'run', '--allow-net', '--no-config', file]),
    },
    {
      name: 'workerd',
      start: async () => {
        const miniflare = new Miniflare({ modules: true, script: bundle, compatibilityDate: '2026-01-01' });
        const said = miniflare.dispatchFetch('http://localhost/').then((response) => response.text());
        return { said, stop: () => miniflare.dispose() };
      },
    },
    {
      name: 'Chromium',
      start: async () =>
        started(chromium(), [
          ...flags,
          `--user-data-dir=${join(folder, 'profile')}`,
          '--remote-debugging-port=0',
          origin,
        ]),
    },
  ];
}

/** The server: notes for the client, the suite for the browser, and where reports go. */
async function serveNotes() {
  const app = notesApp();
  let deliver: (report: unknown) => void = () => {};
  let script = '';
  app.get('/', (c) => c.html('<!doctype html><script type="module" src="/suite.mjs"></script>'));
  app.get('/suite.mjs', (c) => c.body(script, 200, { 'content-type': 'text/javascript' }));
  app.post('/report', async (c) => {
    deliver(await c.req.json());
    return c.body(null, 204);
  });
  const server = serve({ fetch: app.fetch, port: 0 });
  await once(server, 'listening');
  return {
    origin: `http://localhost:${(server.address() as AddressInfo).port}`,
    provide: (text: string) => {
      script = text;
    },
    nextReport: () =>
      new Promise<unknown>((resolve) => {
        deliver = resolve;
      }),
    close: () => server.close(),
  };
}

type Server = Awaited<ReturnType<typeof serveNotes>>;

/** What one runtime made of the suite. */
async function reportOf({ name, start }: Runtime, server: Server): Promise<Report> {
  const report = server.nextReport();
  const { said, stop } = await start();
  let timer: NodeJS.Timeout | undefined;
  const tooLong = new Promise<never>((_, reject) => {
    timer = setTimeout(reject, LIMIT, new Error(`${name} did not report within ${LIMIT / 1000} s`));
  });
  // The report is sent before the program ends; what ends without one has failed.
  const ended = (said ?? new Promise<never>(() => {})).then(async (text) => {
    await new Promise((resolve) => setTimeout(resolve, 1000));
    throw new Error(`${name} ended without a report: ${text}`);
  });
  try {
    const got = (await Promise.race([report, ended, tooLong])) as Report & { error?: string };
    if (got.error !== undefined) throw new Error(`${name}: ${got.error}`);
    return got;
  } finally {
    ended.catch(() => {});
    clearTimeout(timer);
    await stop();
  }
}

const PACKAGES = ['core', 'fetch', 'hono', 'concurrency', 'client'] as const;

const server = await serveNotes();
const bundle = await bundleOf(server.origin);
writeFileSync(file, bundle);
server.provide(bundle);

let failed = 0;
const rows: string[][] = [['', ...PACKAGES.map((name) => `@etag/${name}`), 'tags']];
let first: Record<string, string | null> | undefined;
for (const runtime of runtimes(bundle, server.origin)) {
  const began = performance.now();
  const { results, tags } = await reportOf(runtime, server);
  first ??= tags;
  const differing = Object.keys(first).filter((name) => first?.[name] !== tags[name]);
  const cells = PACKAGES.map((name) => {
    const { passed = 0, failures = ['there are no results'] } = results[name] ?? {};
    for (const failure of failures) console.log(`FAIL ${runtime.name}, @etag/${name}: ${failure}`);
    failed += failures.length;
    return `${passed}/${passed + failures.length}`;
  });
  for (const name of differing)
    console.log(`FAIL ${runtime.name}: the tag of ${name} is ${tags[name]}, not ${first[name]}`);
  failed += differing.length;
  const all = Object.keys(first).length;
  rows.push([runtime.name, ...cells, `${all - differing.length}/${all}`]);
  console.log(`${rows.at(-1)?.join('  ')}  ${((performance.now() - began) / 1000).toFixed(1)} s`);
}
server.close();
rmSync(folder, { recursive: true, force: true, maxRetries: 5 });

/** The rows without their figures: a new law or vector is no fault, and one that fails has failed above. */
const rowsOf = (text: string) => text.replace(/\d+\/\d+/g, 'n').replace(/[\s-]+/g, ' ');

const page = new URL('../../../docs/runtimes.md', import.meta.url);
const before = readFileSync(page, 'utf8');
const after = before.replace(/(?<=<!-- runtimes -->\n\n)[\s\S]*?(?=\n\n<!-- \/runtimes -->)/, () => markdown(rows));
if (!process.argv.includes('--check')) writeFileSync(page, after);
else if (rowsOf(before) !== rowsOf(after)) {
  console.log('FAIL docs/runtimes.md: the run gave other rows');
  failed++;
}
process.exit(failed === 0 ? 0 : 1);
