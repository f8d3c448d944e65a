import { execFileSync } from 'node:child_process';

/** An account of the system, as `spawn` takes it. */
export interface User {
  readonly uid: number;
  readonly gid: number;
}

/** @returns the account for servers that refuse to run as root, when we are root; else undefined */
export function unprivileged(): User | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const id = (flag: string) => Number(execFileSync('id', [flag, 'nobody'], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}
