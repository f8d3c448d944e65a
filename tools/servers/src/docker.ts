import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { promisify } from 'node:util';
import type { Program, Source } from './program.ts';

const run = promisify(execFile);

/**
 * A program of a Docker image, run in a container that shares this system's network and the folder it runs in.
 *
 * @throws when no daemon answers, or the image cannot be had
 */
export async function fromDocker({ names: [name], docker: image }: Source): Promise<Program> {
  await run('docker', ['version']).catch(() => {
    throw new Error('no daemon answers');
  });
  await run('docker', ['image', 'inspect', image]).catch(() => run('docker', ['pull', image]));
  return {
    file: name,
    command(folder, [file, ...args]) {
      const container = `${name}-${randomUUID()}`;
      const user = `${process.getuid?.()}:${process.getgid?.()}`;
      const shared = ['--network', 'host', '--volume', `${folder}:${folder}`, '--workdir', folder, '--user', user];
      return {
        file: 'docker',
        args: ['run', '--rm', '--name', container, ...shared, '--entrypoint', file, image, ...args],
        // The daemon runs it: the end of who asked for it is not its own.
        kill: `docker kill ${container}`,
      };
    },
  };
}
