import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/** The cores that this process may run on, as Linux numbers them; empty where it does not say, or cannot pin to one. */
function allowedCores(): string[] {
  if (process.platform !== 'linux' || spawnSync('taskset', ['--version']).status !== 0) return [];
  const list = /^Cpus_allowed_list:\s*(.*)$/m.exec(readFileSync('/proc/self/status', 'latin1'))?.[1] ?? '';
  return list.split(',').flatMap((range) => {
    const [first = 0, last = first] = range.split('-').map(Number);
    return Array.from({ length: last - first + 1 }, (_, index) => String(first + index));
  });
}

const [serverCore, loadCore] = allowedCores();

/** The command that starts a server: on a core of its own, where there are two. */
export const onServerCore: readonly string[] = loadCore ? ['taskset', '--cpu-list', serverCore as string] : [];

/** Leaves the server's core to the server. */
export function stayOnLoadCore(): void {
  if (loadCore) spawnSync('taskset', ['--all-tasks', '--cpu-list', '--pid', loadCore, String(process.pid)]);
}

/** The CPU time that all threads of a process have taken so far, in ms; undefined where /proc does not say. */
export function cpuTime(pid: number): number | undefined {
  try {
    const threads = readdirSync(`/proc/${pid}/task`);
    const times = threads.map((thread) =>
      Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'latin1').split(' ')[0]),
    );
    return times.reduce((sum, time) => sum + time, 0) / 1e6;
  } catch {
    return undefined;
  }
}
