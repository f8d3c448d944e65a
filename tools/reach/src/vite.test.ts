import { fileURLToPath } from 'node:url';
import { sveltekit } from '@sveltejs/kit/vite';
import { tanstackStart } from '@tanstack/react-start/plugin/vite';
import { createServer, type PluginOption } from 'vite';
import { it, onTestFinished, vi } from 'vitest';
import { check } from './check.ts';
import { run } from './run.ts';

// Frameworks that compile the application, each in its own development server.

vi.setConfig({ testTimeout: 90_000 });

const rootOf = (name: string) => fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url));

async function serve(name: string, plugins: PluginOption): Promise<string> {
  const here = process.cwd();
  // SvelteKit looks for the application there.
  process.chdir(rootOf(name));
  onTestFinished(() => process.chdir(here));
  const server = await createServer({
    root: rootOf(name),
    configFile: false,
    plugins: [plugins],
    server: { port: 0 },
    logLevel: 'error',
  });
  onTestFinished(() => server.close());
  await server.listen();
  return server.resolvedUrls?.local[0] ?? '';
}

it('SvelteKit', async () => {
  await check(`${await serve('sveltekit', sveltekit())}note`);
});

it('TanStack Start', async () => {
  await check(`${await serve('tanstack-start', tanstackStart())}note`);
});

it('Astro', async () => {
  await check(await run(process.execPath, fileURLToPath(new URL('astro-server.ts', import.meta.url))));
});

it('Nitro', async () => {
  await check(await run(process.execPath, fileURLToPath(new URL('nitro-server.ts', import.meta.url))));
});

it('Next', async () => {
  await check(await run(process.execPath, `${rootOf('next')}/server.js`));
});
