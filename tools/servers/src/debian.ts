import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { arch } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { executable, path } from './path.ts';

const run = promisify(execFile);

/**
 * A Debian package and all that it needs and this system lacks, unpacked as an ordinary user: nothing is installed, no
 * script of a package runs.
 *
 * @param name - the package
 * @param cache - the folder that keeps it for the next time
 * @returns the folder that holds its files, as `/` would
 * @throws when there is no apt-get, or the package cannot be had
 */
export async function unpacked(name: string, cache = CACHE): Promise<string> {
  if (!executable(['apt-get'], path())) throw new Error('there is no apt-get');
  const root = join(cache, release(), name);
  if (existsSync(root)) return root;
  mkdirSync(join(root, '..'), { recursive: true });
  const work = mkdtempSync(`${root}-`);
  try {
    const packages = await download(name, work);
    for (const file of packages) await run('dpkg', ['-x', file, 'root'], { cwd: work });
    keep(join(work, 'root'), root);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  return root;
}

/** The folders under an unpacked root that hold shared libraries. */
export function libraries(root: string): string[] {
  const folders = ['lib', 'usr/lib'].map((folder) => join(root, folder)).filter(existsSync);
  return folders.flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => name.includes('-linux-'))
      .map((name) => join(folder, name)),
  );
}

const CACHE = fileURLToPath(new URL('../.cache', import.meta.url));

/** What the packages were made for: `debian-12-x64`. */
function release(): string {
  const os = readFileSync('/etc/os-release', 'utf8');
  const field = (name: string) => new RegExp(`^${name}="?([^"\\n]*)`, 'm').exec(os)?.[1];
  return `${field('ID')}-${field('VERSION_ID')}-${arch()}`;
}

/** Downloads by the lists of packages that the system has; where they are missing or old, by new ones of our own. */
async function download(name: string, work: string): Promise<string[]> {
  try {
    return await downloadAll(name, mkdtempSync(join(work, 'system-')), []);
  } catch {
    mkdirSync(join(work, 'lists/partial'), { recursive: true });
    const own = [`Dir::State::Lists=${work}/lists`, `Dir::Cache=${work}/cache`];
    // One source that fails is no matter if another has the package.
    await apt('apt-get', ['update'], work, own).catch(() => {});
    return downloadAll(name, mkdtempSync(join(work, 'own-')), own);
  }
}

async function downloadAll(name: string, folder: string, settings: string[]): Promise<string[]> {
  const parts = await partsOf(name, folder, settings);
  const plan = ['install', '--simulate', '--reinstall', '--no-install-recommends', ...parts];
  const planned = await apt('apt-get', plan, folder, settings);
  const needed = [...planned.matchAll(/^Inst (\S+)/gm)].map(([, needed = '']) => needed);
  await apt('apt-get', ['download', ...needed], folder, settings);
  return readdirSync(folder).map((file) => join(folder, file));
}

/**
 * A package, and those that it needs in exactly its own version: parts of one program, which link into each other. They
 * are had together, even where the system has some of them: a link leads to a place beside it, not to the system's.
 */
async function partsOf(name: string, folder: string, settings: string[]): Promise<string[]> {
  const about = await apt('apt-cache', ['show', '--no-all-versions', name], folder, settings).catch(() => '');
  const field = (field: string) => new RegExp(`^${field}: (.*)$`, 'm').exec(about)?.[1] ?? '';
  const needed = [...field('Depends').matchAll(/([^\s,:]+)(?::\w+)? \(= ([^)]+)\)/g)];
  const parts = needed.filter(([, , version]) => version === field('Version'));
  return [name, ...parts.map(([, part = '']) => part)];
}

async function apt(tool: 'apt-get' | 'apt-cache', args: string[], cwd: string, settings: string[]): Promise<string> {
  // As who we are: the user whom root's apt-get downloads as could not write to our folder.
  const options = [...settings, 'APT::Sandbox::User=root'].flatMap((setting) => ['-o', setting]);
  try {
    const { stdout } = await run(tool, [...args, ...options], { cwd, env: { ...process.env, LC_ALL: 'C' } });
    return stdout;
  } catch (cause) {
    const errors = (cause as { stderr: string }).stderr.match(/(?<=^E: ).*/gm) ?? [];
    throw new Error(errors.join(' '), { cause });
  }
}

/** Another process may have kept the same package just before; then ours is not needed. */
function keep(made: string, place: string): void {
  try {
    renameSync(made, place);
  } catch (error) {
    if (!existsSync(place)) throw error;
  }
}
