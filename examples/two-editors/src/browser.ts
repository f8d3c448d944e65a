import { spawnSync } from 'node:child_process';

/** The Chromium on the PATH; null where there is none. In CI there has to be one. */
export function chromiumPath(): string | null {
  const found = ['chromium', 'chromium-browser', 'google-chrome']
    .map((name) => spawnSync('which', [name], { encoding: 'utf8' }).stdout.trim())
    .find((path) => path !== '');
  if (!found && process.env.CI) {
    throw new Error('No browser on the PATH. Install chromium (Debian: apt-get install chromium).');
  }
  return found ?? null;
}
