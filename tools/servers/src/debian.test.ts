import { execFile } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { libraries, unpacked } from './debian.ts';
import { executable, path } from './path.ts';

const run = promisify(execFile);

let cache: string;
beforeEach(() => {
  cache = mkdtempSync(join(tmpdir(), 'debian-'));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(cache, { recursive: true });
});

/** Has apt believe that a package is installed, and all that it needs. */
async function aSystemThatHas(name: string): Promise<void> {
  const [lists, status] = [join(cache, 'lists'), join(cache, 'status')];
  mkdirSync(join(lists, 'partial'), { recursive: true });
  writeFileSync(status, readFileSync('/var/lib/dpkg/status'));
  writeFileSync(join(cache, 'apt.conf'), `Dir::State::Lists "${lists}"; Dir::State::status "${status}";`);
  vi.stubEnv('APT_CONFIG', join(cache, 'apt.conf'));
  await run('apt-get', ['update']);
  const plan = await run('apt-get', ['install', '--simulate', '--no-install-recommends', name]);
  const missing = [...plan.stdout.matchAll(/^Inst (\S+)/gm)].map(([, missing = '']) => missing);
  if (missing.length === 0) return;
  const { stdout } = await run('apt-cache', ['show', '--no-all-versions', ...missing]);
  appendFileSync(status, stdout.replace(/^Package: .*$/gm, '$&\nStatus: install ok installed'));
}

// It needs a Debian or an Ubuntu, and that their packages can be reached.
describe.skipIf(!executable(['apt-get'], path()))('a Debian package', { timeout: 120_000 }, () => {
  it('is unpacked once with the libraries that it needs, whoever asks, and runs', async () => {
    const [root, same] = await Promise.all([unpacked('redis-server', cache), unpacked('redis-server', cache)]);
    expect(same).toBe(root);
    const [release = ''] = readdirSync(cache);
    expect(readdirSync(join(cache, release))).toEqual(['redis-server']);
    const env = { ...process.env, LD_LIBRARY_PATH: libraries(root).join(':') };
    const { stdout } = await run(join(root, 'usr/bin/redis-server'), ['--version'], { env });
    expect(stdout).toMatch(/server v=\d/);
    // From now on nothing is asked for it.
    vi.stubEnv('APT_CONFIG', '/dev/null/missing');
    expect(await unpacked('redis-server', cache)).toBe(root);
  });

  it('holds what it links into, although the system has that', async () => {
    await aSystemThatHas('redis-server');
    const root = await unpacked('redis-server', cache);
    expect(existsSync(join(root, 'usr/bin/redis-server'))).toBe(true);
  });

  it('is found although the system has no lists of packages', async () => {
    mkdirSync(join(cache, 'lists'));
    writeFileSync(join(cache, 'apt.conf'), `Dir::State::Lists "${cache}/lists";`);
    vi.stubEnv('APT_CONFIG', join(cache, 'apt.conf'));
    const root = await unpacked('libjemalloc2', cache);
    expect(libraries(root).flatMap((folder) => readdirSync(folder))).toContain('libjemalloc.so.2');
  });

  it('that does not exist is an error, and leaves nothing', async () => {
    await expect(unpacked('no-such-package', cache)).rejects.toThrow('Unable to locate package no-such-package');
    const [release = ''] = readdirSync(cache);
    expect(readdirSync(join(cache, release))).toEqual([]);
  });
});
