import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { ask } from './ask.ts';
import { fromDocker } from './docker.ts';
import { freePort } from './ports.ts';
import { startProcess } from './process.ts';
import type { Program } from './program.ts';

// Docker is the last resort: a machine without it lacks nothing.
const program = await fromDocker({ names: ['redis-server'], debian: '', docker: 'redis:7', advice: '' }).catch(
  () => null,
);

describe.skipIf(!program)('a server in a container', { timeout: 120_000 }, () => {
  const containers = async () =>
    (await promisify(execFile)('docker', ['ps', '--all', '--format', '{{.Names}}'])).stdout;

  it('keeps its data when it is killed, and leaves nothing when it is stopped', async () => {
    const port = await freePort();
    const { file, command } = program as Program;
    const args = ['--port', `${port}`, '--appendonly', 'yes', '--appendfsync', 'always'];
    let name = '';
    const server = await startProcess({
      name: 'redis-server',
      ports: [port],
      url: `redis://127.0.0.1:${port}`,
      command(folder) {
        const made = command(folder, [file, ...args]);
        name = made.args[made.args.indexOf('--name') + 1] ?? '';
        return made;
      },
      ready: () => ask(port, 'PING\r\n', /^\+PONG/),
    });
    await ask(port, 'SET note kept\r\n', /^\+OK/);
    expect(await containers()).toContain(name);
    await server.kill();
    await expect(ask(port, 'GET note\r\n', /kept/)).rejects.toThrow('ECONNREFUSED');
    await server.restart();
    await ask(port, 'GET note\r\n', /kept/);
    await server.stop();
    expect(await containers()).not.toContain(name);
  });
});
