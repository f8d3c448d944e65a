import { fileURLToPath } from 'node:url';
import { attend, nodeOf } from './release/src/program.ts';

// The tests of the packages that need no server from elsewhere, on another Node: pnpm test:node 22 [package…]

const PACKAGES = ['core', 'fetch', 'hono', 'node', 'koa', 'express', 'fastify', 'wire'];

const [version = '', ...names] = process.argv.slice(2);
if (!/^\d+$/.test(version)) throw new Error('pnpm test:node <major version of Node> [package…]');
const root = fileURLToPath(new URL('..', import.meta.url));
const vitest = fileURLToPath(new URL('../node_modules/vitest/vitest.mjs', import.meta.url));
const folders = (names.length > 0 ? names : PACKAGES).map((name) => `packages/${name}/`);
await attend(await nodeOf(version), [vitest, 'run', ...folders], { cwd: root });
