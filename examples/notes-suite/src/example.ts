import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

/** A running example: a process of its own on a free port. */
export interface Example {
  port: number;
  /** What it has printed so far. */
  lines: readonly string[];
  /** Tells it to end. Resolves once it has, with its exit code; null when it was killed. */
  end(signal?: 'SIGINT' | 'SIGTERM'): Promise<number | null>;
}

/**
 * Starts an example as its `start` script does.
 *
 * @param database - a path where nothing is, or what an earlier process left there
 */
export async function start(framework: string, database: string): Promise<Example> {
  const folder = new URL(`../../notes-${framework}/`, import.meta.url);
  const { scripts } = JSON.parse(readFileSync(new URL('package.json', folder), 'utf8'));
  const [, ...args] = scripts.start.split(' '); // node src/server.ts
  const server = spawn(process.execPath, args, {
    cwd: fileURLToPath(folder),
    env: { ...process.env, NODE_ENV: 'production', PORT: '0', DATABASE: database },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = once(server, 'close').then(([code]) => code as number | null);
  const errors = text(server.stderr);
  const lines: string[] = [];
  const output = createInterface(server.stdout).on('line', (line) => lines.push(line));
  const failed = ended.then(async (code) => {
    throw new Error(`notes-${framework} ended with ${code}: ${await errors}`);
  });
  await Promise.race([once(output, 'line'), failed]);
  failed.catch(() => {});
  return {
    port: Number(/^listening on http:\/\/localhost:(\d+)$/.exec(lines[0] ?? '')?.[1]),
    lines,
    async end(signal = 'SIGTERM') {
      server.kill(signal);
      return ended;
    },
  };
}
