import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { Miniflare } from 'miniflare';
import { afterAll, expect, it, onTestFinished } from 'vitest';
import { check } from './check.ts';
import { program } from './program.ts';
import { run } from './run.ts';

// The same bundle on the runtimes that take a fetch-style handler as it is.

const folder = mkdtempSync(join(tmpdir(), 'reach-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function bundle(source: string): Promise<string> {
  const { outputFiles } = await build({
    stdin: {
      contents: `import { serveNote } from './note.ts';\n${source}`,
      resolveDir: import.meta.dirname,
      loader: 'ts',
    },
    bundle: true,
    format: 'esm',
    platform: 'neutral',
    write: false,
  });
  return outputFiles[0]?.text ?? '';
}

it('Bun.serve', async () => {
  const file = join(folder, 'bun.mjs');
  writeFileSync(file, await bundle("console.log('port', Bun.serve({ port: 0, fetch: serveNote }).port);"));
  await check(await run(program('bun'), file));
});

it('Deno.serve', async () => {
  const file = join(folder, 'deno.mjs');
  writeFileSync(
    file,
    await bundle(
      "Deno.serve({ port: 0, onListen: ({ port }) => console.log('port', port) }, (request) => serveNote(request));",
    ),
  );
  await check(await run(process.execPath, program('deno'), 'run', '--allow-net', '--no-config', file));
});

it('Workers', async () => {
  const script = await bundle('export default { fetch: (request) => serveNote(request) };');
  const miniflare = new Miniflare({ modules: true, script, compatibilityDate: '2026-01-01' });
  onTestFinished(() => miniflare.dispose());
  const url = await miniflare.ready;
  expect(url.protocol).toBe('http:');
  await check(new URL('/note', url).href);
});
