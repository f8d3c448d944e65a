import { readFileSync } from 'node:fs';
import { Unavailable } from './server.ts';

/** An account of the system, as `spawn` takes it. */
export interface User {
  readonly uid: number;
  readonly gid: number;
}

const ACCOUNTS = '/etc/passwd';

/**
 * @returns the account for servers that refuse to run as root, when we are root; else undefined
 * @throws Unavailable when there is none
 */
export function unprivileged(): User | undefined {
  if (process.getuid?.() !== 0) return undefined;
  // https://man7.org/linux/man-pages/man5/passwd.5.html
  const [, uid, gid] = /^nobody:[^:]*:(-?\d+):(-?\d+):/m.exec(readFileSync(ACCOUNTS, 'utf8')) ?? [];
  if (!uid || !gid) {
    throw new Unavailable(
      `It refuses to run as root, and ${ACCOUNTS} has no account "nobody": run it as another user.`,
    );
  }
  // macOS has -2, which stands for the last but one of 32 bits.
  return { uid: Number(uid) >>> 0, gid: Number(gid) >>> 0 };
}
