import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build, type Plugin } from 'esbuild';

// What each source file takes of what an adapter ships, minified and gzipped, in bytes: by how much the bundle shrinks when the
// file is emptied, with all that nobody else imports. So the parts overlap. Run: node tools/checks/size-parts.ts fetch

const [name = 'fetch'] = process.argv.slice(2);
const packages = new URL('../../packages/', import.meta.url);

const sources: Plugin = {
  name: 'sources',
  setup({ onResolve }) {
    onResolve({ filter: /^@etag\// }, ({ path }) => {
      const source = new URL(`${path.replace('@etag/', '')}/src/index.ts`, packages);
      return { path: fileURLToPath(source), sideEffects: false };
    });
  },
};

/** Leaves of one file nothing but its names. */
function emptying(emptied: string | undefined): Plugin {
  return {
    name: 'emptying',
    setup({ onLoad }) {
      onLoad({ filter: /\.ts$/ }, ({ path }) => {
        if (emptied === undefined || !path.endsWith(emptied)) return;
        const exported = readFileSync(path, 'utf8').matchAll(/^export (?:async )?(?:function|const|class) (\w+)/gm);
        const names = new Set([...exported].map(([, name]) => name));
        return { contents: [...names].map((name) => `export const ${name} = globalThis.none;`).join('\n') };
      });
    },
  };
}

async function bundle(emptied?: string) {
  const { outputFiles, metafile } = await build({
    stdin: {
      contents: `export { etag, precondition, expectation, respond } from '@etag/${name}'`,
      resolveDir: import.meta.dirname,
    },
    absWorkingDir: fileURLToPath(packages),
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    external: ['hono', 'hono/*'],
    plugins: [emptying(emptied), sources],
    metafile: true,
    write: false,
    logLevel: 'error',
  });
  return { size: gzipSync(outputFiles[0]?.contents ?? '', { level: 9 }).length, files: Object.keys(metafile.inputs) };
}

const whole = await bundle();
console.log(`${whole.size} @etag/${name}`);
const rows: { file: string; saved: number }[] = [];
for (const file of whole.files) {
  if (!file.includes('/src/') || file.endsWith('/index.ts')) continue;
  rows.push({ file, saved: whole.size - (await bundle(`/${file}`)).size });
}
for (const { file, saved } of rows.sort((a, b) => b.saved - a.saved)) console.log(`${saved} ${file}`);
