// Runs the packages from their sources, without a build: `node --import ../sources.mjs script.ts`.
import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { transformSync } from 'esbuild';

const packages = new URL('./', import.meta.url);

registerHooks({
  resolve(specifier, context, nextResolve) {
    const [scope, name, entry = 'index'] = specifier.split('/');
    if (scope === '@etag') return nextResolve(new URL(`${name}/src/${entry}.ts`, packages).href, context);
    const ours = context.parentURL?.startsWith(packages.href) && !context.parentURL.includes('/node_modules/');
    return nextResolve(ours && specifier.startsWith('.') ? specifier.replace(/\.js$/, '.ts') : specifier, context);
  },
  load(url, context, nextLoad) {
    // Node strips types; the decorators of NestJS it does not know.
    if (!/nestjs\/(src|test)\/.*\.ts$/.test(url)) return nextLoad(url, context);
    const tsconfigRaw = { compilerOptions: { experimentalDecorators: true } };
    const { code } = transformSync(readFileSync(new URL(url), 'utf8'), { loader: 'ts', tsconfigRaw });
    return { format: 'module', source: code, shortCircuit: true };
  },
});
