import { afterEach, describe, expect, it, vi } from 'vitest';
import { startRedis } from './redis.ts';
import { type Server, Unavailable } from './server.ts';
import { available, killable } from './suite.ts';

const warn = vi.spyOn(console, 'warn').mockReturnValue();
afterEach(() => {
  vi.unstubAllEnvs();
  warn.mockClear();
});

const missing = async (): Promise<Server> => {
  throw new Unavailable('Install it.');
};

describe('available', () => {
  it('leaves a suite out, and says which and what to install', async () => {
    vi.stubEnv('CI', '');
    expect(await available('The suite', missing)).toBeNull();
    expect(warn).toHaveBeenCalledExactlyOnceWith('Left out: The suite. Install it.');
  });

  it('fails on CI', async () => {
    vi.stubEnv('CI', 'true');
    await expect(available('The suite', missing)).rejects.toThrow(Unavailable);
  });

  it('hides no other failure', async () => {
    vi.stubEnv('CI', '');
    await expect(available('The suite', () => Promise.reject(new TypeError('no')))).rejects.toThrow(TypeError);
  });
});

describe('a server that the environment names', () => {
  it('is taken as it is, and left alone', async () => {
    vi.stubEnv('REDIS_URL', 'redis://redis.test:6379');
    const server = await startRedis();
    expect(server).toMatchObject({ url: 'redis://redis.test:6379' });
    expect(server).not.toHaveProperty('kill');
    await server.stop();
  });

  it('is nothing to kill', async () => {
    vi.stubEnv('CI', '');
    vi.stubEnv('REDIS_URL', 'redis://redis.test:6379');
    expect(await killable('Crashes', startRedis)).toBeNull();
    expect(warn).toHaveBeenCalledExactlyOnceWith(expect.stringContaining('Left out: Crashes.'));
  });
});
