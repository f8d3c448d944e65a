import { fileURLToPath } from 'node:url';
import { build } from 'astro';
import './make/index.ts';

// Makes the pages, builds the site into dist/, and checks its links.
// Run: pnpm docs:build

await build({ root: fileURLToPath(new URL('.', import.meta.url)), logLevel: 'error' });
await import('./check/links.ts');
