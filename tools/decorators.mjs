// Node strips types; the decorators of NestJS it does not know. What runs Nest from its sources loads this first:
// `node --import ./tools/decorators.mjs script.ts`.
import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { transformSync } from 'esbuild';

registerHooks({
  load(url, context, nextLoad) {
    if (!/(nestjs\/(src|test)|\.examples)\/.*\.ts$/.test(url)) return nextLoad(url, context);
    const tsconfigRaw = { compilerOptions: { experimentalDecorators: true } };
    const { code } = transformSync(readFileSync(new URL(url), 'utf8'), { loader: 'ts', tsconfigRaw });
    return { format: 'module', source: code, shortCircuit: true };
  },
});
