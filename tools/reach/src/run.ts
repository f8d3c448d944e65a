import { spawn } from 'node:child_process';
import { onTestFinished } from 'vitest';

/**
 * Runs a program that prints `port` and its port, until the test ends.
 *
 * @param command - the program
 * @param args - its arguments
 * @returns where the note is
 */
export function run(command: string, ...args: string[]): Promise<string> {
  // Frameworks behave differently under vitest.
  const { VITEST: _vitest, NODE_ENV: _environment, ...env } = process.env;
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], env, detached: true });
  // With its group: the program of Deno's package starts another one.
  onTestFinished(() => void (child.pid && process.kill(-child.pid)));
  return new Promise((resolve, reject) => {
    let said = '';
    const hear = (text: Buffer) => {
      said += text;
      const [, port] = /port (\d+)\n/.exec(said) ?? [];
      if (port) resolve(`http://localhost:${port}/note`);
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    child.on('error', reject);
    child.on('exit', () => reject(new Error(said)));
  });
}
