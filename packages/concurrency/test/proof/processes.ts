import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Task } from './tasks.ts';

const script = fileURLToPath(new URL('./process.ts', import.meta.url));

/** A client process. */
export interface Client {
  /** Has it do a task; rejects when it fails, or dies meanwhile. */
  run<R>(task: Task): Promise<R>;
  /** SIGKILL, in the middle of whatever it does; nothing when it is over. */
  kill(): Promise<void>;
  close(): Promise<void>;
}

/** Starts a client process for an engine. */
export async function startClient(engine: string, url: string): Promise<Client> {
  const child = fork(script, [engine, url], { serialization: 'advanced' });
  await answer(child);
  const isOver = () => child.exitCode !== null || child.signalCode !== null;
  return {
    run(task) {
      child.send(task);
      return answer(child);
    },
    async kill() {
      if (isOver()) return;
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
    async close() {
      if (isOver()) return;
      child.disconnect();
      await once(child, 'exit');
    },
  };
}

function answer<R>(child: ChildProcess): Promise<R> {
  return new Promise((resolve, reject) => {
    const settle = (run: () => void) => {
      child.off('message', onMessage).off('exit', onExit);
      run();
    };
    const onMessage = (message: { result: R } | { error: string }) =>
      settle(() => ('error' in message ? reject(new Error(message.error)) : resolve(message.result)));
    const onExit = (code: number | null, signal: string | null) =>
      settle(() => reject(new Error(`A client process ended with ${code ?? signal}`)));
    child.on('message', onMessage).on('exit', onExit);
  });
}
