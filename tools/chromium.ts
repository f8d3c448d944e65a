import { spawnSync } from 'node:child_process';

/** What every run of the browser is started with. */
export const flags: readonly string[] = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--no-first-run',
];

/**
 * Finds the browser. The registry of npm does not have it.
 *
 * @returns its program
 * @throws Error - there is none on the PATH
 */
export function chromium(): string {
  const found = ['chromium', 'chromium-browser', 'google-chrome'].find(
    (name) => spawnSync(name, ['--version']).status === 0,
  );
  if (!found) throw new Error('No browser on the PATH. Install chromium (Debian: apt-get install chromium).');
  return found;
}
