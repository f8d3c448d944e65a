// Runs the packages from their sources, without a build: `node --import ../sources.mjs script.ts`.
import { registerHooks } from 'node:module';

const packages = new URL('./', import.meta.url);

registerHooks({
  resolve(specifier, context, nextResolve) {
    const [scope, name, entry = 'index'] = specifier.split('/');
    if (scope === '@etag') return nextResolve(new URL(`${name}/src/${entry}.ts`, packages).href, context);
    const ours = context.parentURL?.startsWith(packages.href) && !context.parentURL.includes('/node_modules/');
    return nextResolve(ours && specifier.startsWith('.') ? specifier.replace(/\.js$/, '.ts') : specifier, context);
  },
});
