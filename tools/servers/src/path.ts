import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** @returns the first file of one of the names that we may execute, or undefined */
export function executable(names: readonly string[], folders: readonly string[]): string | undefined {
  return folders.flatMap((folder) => names.map((name) => join(folder, name))).find(mayExecute);
}

/** The folders of the PATH, and those of servers, which only root's PATH has. */
export function path(): string[] {
  return [...(process.env.PATH ?? '').split(delimiter), '/usr/local/sbin', '/usr/sbin'];
}

function mayExecute(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
