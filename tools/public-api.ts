import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { folders, manifestOf } from './manifests.ts';

/** An entry of a package: `@etag/client/redis`. */
export interface Entry {
  readonly name: string;
  /** The folder of its package. */
  readonly folder: string;
  readonly file: string;
}

const root = fileURLToPath(new URL('..', import.meta.url));

/** All that users can import. */
export const entries: readonly Entry[] = folders.flatMap((folder) => {
  const { name, exports } = manifestOf(folder);
  return Object.entries(exports).map(([path, source]) => ({
    name: name + path.slice('.'.length),
    folder: `${root}packages/${folder}`,
    file: ts.sys.resolvePath(`${root}packages/${folder}/${source}`),
  }));
});

const { config } = ts.readConfigFile(`${root}tsconfig.json`, ts.sys.readFile);
const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, root);
const program = ts.createProgram(
  entries.map(({ file }) => file),
  options,
);

export const checker = program.getTypeChecker();

/**
 * What an entry exports, as it was declared.
 *
 * @param entry - one of `entries`
 * @returns the declared symbols under the names that users import, in the order of these
 */
export function exportsOf({ file }: Entry): [name: string, symbol: ts.Symbol][] {
  const source = program.getSourceFile(file);
  const module = source && checker.getSymbolAtLocation(source);
  if (!module) throw new Error(`${file} exports nothing`);
  const declared = (symbol: ts.Symbol) =>
    symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
  const exported = checker
    .getExportsOfModule(module)
    .map((symbol): [string, ts.Symbol] => [symbol.name, declared(symbol)]);
  return exported.sort(([a], [b]) => (a < b ? -1 : 1));
}
