import { type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';

/** The variables of the process without those that CI or pnpm has set for this workspace: they mean nothing to another project. */
export const plainEnvironment: NodeJS.ProcessEnv = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^(npm_|pnpm_|CI$|NODE_OPTIONS$)/i.test(name)),
);

/** What became of a program. */
export interface Ended {
  readonly isOk: boolean;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs a program to its end.
 *
 * @param command - the program
 * @param args - its arguments
 * @param options - where and with what variables
 * @returns what it said, and whether it ended well
 */
export function run(command: string, args: readonly string[], options: SpawnOptions = {}): Promise<Ended> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { timeout: 180_000, ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    let [stdout, stderr] = ['', ''];
    child.stdout?.on('data', (text) => {
      stdout += text;
    });
    child.stderr?.on('data', (text) => {
      stderr += text;
    });
    child.on('error', (error) => resolve({ isOk: false, stdout, stderr: `${stderr}${error}` }));
    child.on('close', (status) => resolve({ isOk: status === 0, stdout, stderr }));
  });
}

/**
 * Runs a program that has to end well.
 *
 * @param command - the program
 * @param args - its arguments
 * @param options - where and with what variables
 * @returns what it said on stdout
 * @throws Error - with all that it said, where it does not
 */
export async function succeed(command: string, args: readonly string[], options: SpawnOptions = {}): Promise<string> {
  const { isOk, stdout, stderr } = await run(command, args, options);
  if (!isOk) throw new Error(`${command} ${args.join(' ')}\n${stdout}${stderr}`);
  return stdout;
}

/**
 * Runs a program that has to end well, and may ask the person at the terminal.
 *
 * @param command - the program
 * @param args - its arguments
 * @param options - where and with what variables
 * @throws Error - where it does not
 */
export async function attend(command: string, args: readonly string[], options: SpawnOptions = {}): Promise<void> {
  const child = spawn(command, args, { ...options, stdio: 'inherit' });
  const [status] = await once(child, 'close');
  if (status !== 0) throw new Error(`${command} ${args[0]} ended with ${status}`);
}

/**
 * Where a Node of another version is, from the npm package `node`.
 *
 * @param version - the major version
 * @returns the path of the program
 */
export async function nodeOf(version: string): Promise<string> {
  return (
    await succeed('npx', ['-y', `node@${version}`, '--print', 'process.execPath'], {
      env: plainEnvironment,
      // On Windows npx is a script.
      shell: process.platform === 'win32',
    })
  ).trim();
}
