import { expect, test } from 'vitest';
import { startAzurite, startDynalite } from './index.ts';

// A server of Node that closes idle connections says after how long: Keep-Alive: timeout=5.
test.each([startDynalite, startAzurite])('%o closes no idle connection', async (start) => {
  const server = await start();
  try {
    expect((await fetch(server.url)).headers.get('keep-alive')).toBeNull();
  } finally {
    await server.stop();
  }
});
