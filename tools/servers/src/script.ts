import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { libraries, unpacked } from './debian.ts';
import { executable, path } from './path.ts';
import type { Program } from './program.ts';
import { Unavailable } from './server.ts';
import { startFound, type WebServer } from './web-server.ts';

/**
 * A program in Python that serves HTTP.
 *
 * @param debian - the package of its framework
 * @param script - its text; the port to listen on is its first argument, and 127.0.0.1 the host
 * @param version - a line that prints the version of the framework: `import flask; print(flask.__version__)`
 * @throws Unavailable where Debian's packages cannot be had
 */
export async function startPython(debian: string, script: string, version: string): Promise<WebServer> {
  const root = await rootOf(debian);
  // Debian's own, for which its packages are made, and not another one that comes first on the PATH.
  const file = interpreter(['python3'], [join(root, 'usr/bin'), '/usr/bin'], debian);
  const program = programOf(file, root, { PYTHONPATH: join(root, 'usr/lib/python3/dist-packages') });
  return startFound(debian, program, ['-c', version], ({ port, folder }) => {
    writeFileSync(join(folder, 'application.py'), script);
    return ['application.py', `${port}`];
  });
}

/**
 * A program in Ruby that serves HTTP.
 *
 * @param debian - the package of its framework
 * @param script - its text; the port to listen on is its first argument, and 127.0.0.1 the host
 * @param version - a line that prints the version of the framework: `require 'rack'; puts Rack.release`
 * @throws Unavailable where Debian's packages cannot be had
 */
export async function startRuby(debian: string, script: string, version: string): Promise<WebServer> {
  const root = await rootOf(debian);
  const file = interpreter(['ruby'], [join(root, 'usr/bin'), ...path()], debian);
  const program = programOf(file, root, { RUBYLIB: rubyFolders(root).join(':') });
  return startFound(debian, program, ['-e', version], ({ port, folder }) => {
    writeFileSync(join(folder, 'application.rb'), script);
    return ['application.rb', `${port}`];
  });
}

async function rootOf(debian: string): Promise<string> {
  try {
    return await unpacked(debian);
  } catch (cause) {
    throw new Unavailable(`Debian: ${(cause as Error).message}. Install ${debian} with its dependencies.`, { cause });
  }
}

function interpreter(names: readonly [string], folders: readonly string[], debian: string): string {
  const file = executable(names, folders);
  if (!file) throw new Unavailable(`There is no ${names[0]} for the package ${debian}. Install ${names[0]}.`);
  return file;
}

const programOf = (file: string, root: string, variables: Record<string, string>): Program => ({
  file,
  command: (_, [file, ...args]) => ({
    file,
    args,
    env: { LD_LIBRARY_PATH: libraries(root).join(':'), ...variables },
  }),
});

/** Where Ruby finds its own library and that of the gems, which are not where its packages would be installed. */
function rubyFolders(root: string): string[] {
  const gems = join(root, 'usr/share/rubygems-integration/all/gems');
  const places = [join(root, 'usr/lib'), ...libraries(root)].map((folder) => join(folder, 'ruby')).filter(existsSync);
  return [
    ...readdirSync(gems).map((gem) => join(gems, gem, 'lib')),
    ...places.flatMap((place) => readdirSync(place).map((folder) => join(place, folder))),
  ];
}
