import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** The Chromium on the PATH; null where there is none. In CI there has to be one. */
export function chromiumPath(): string | null {
  const folders = (process.env.PATH ?? '').split(delimiter);
  const found = ['chromium', 'chromium-browser', 'google-chrome']
    .flatMap((name) => folders.map((folder) => join(folder, name)))
    .find((path) => existsSync(path));
  if (!found && process.env.CI) {
    throw new Error('No browser on the PATH. Install chromium (Debian: apt-get install chromium).');
  }
  return found ?? null;
}
