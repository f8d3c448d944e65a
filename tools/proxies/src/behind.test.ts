import { optional } from 'servers';
import { describe, expect, it } from 'vitest';
import { type Settings, startApplication } from './application.ts';
import { type Exchange, exchange } from './exchange.ts';
import { type CompressingProxy, mended, proxies } from './proxy.ts';

/** What goes through a proxy; null, after a message, where this machine has none. */
async function through(proxy: CompressingProxy, settings: Settings): Promise<Exchange | null> {
  const application = await startApplication(settings);
  try {
    const server = await optional(`behind ${proxy.name}`, () => proxy.start(application.port));
    return server && (await exchange(server.url, application).finally(() => server.stop()));
  } finally {
    await application.close();
  }
}

const applications: readonly (Settings & { title: string })[] = [
  { title: 'a plain application' },
  { title: 'one that compresses', compresses: true },
  { title: 'one that compresses, and content that is too short for it', compresses: true, size: 300 },
  { title: 'a plain one with acceptWeakened', acceptWeakened: true },
  { title: 'a compressing one with acceptWeakened', acceptWeakened: true, compresses: true },
  { title: 'acceptWeakened, and content that is too short', acceptWeakened: true, compresses: true, size: 300 },
];

/** Those that weaken a strong tag when they compress. */
const weakening = ['nginx', 'HAProxy', 'Varnish'];

// The first time, a proxy is downloaded.
const timeout = 120_000;

describe.each(proxies)('behind $name', (proxy) => {
  it.each(applications)('$title', { timeout }, async ({ title: _, ...settings }) => {
    const seen = await through(proxy, settings);
    if (!seen) return;
    // Whatever the proxy does, a second read is a 304, and a write over somebody else's is refused.
    expect(seen).toMatchObject({ again: 304, stale: { status: 412, reason: 'no-match' } });
    const { compresses, size, acceptWeakened } = settings;
    const isWeakened = weakening.includes(proxy.name) && !(compresses && size === undefined);
    expect(seen.tag.startsWith('W/')).toBe(isWeakened);
    if (!isWeakened || acceptWeakened) {
      expect(seen.fresh.status).toBe(200);
    } else {
      expect(seen.fresh).toMatchObject({ status: 412, reason: 'weak' });
      expect(seen.fresh.detail).toMatch(/proxy.*does not help.*acceptWeakened/);
    }
  });
});

it.each(mended)(
  'behind $name, with lines that put If-Match back, a plain application saves',
  { timeout },
  async (proxy) => {
    const seen = await through(proxy, {});
    if (!seen) return;
    expect(seen).toMatchObject({ tag: 'W/"v7"', again: 304, fresh: { status: 200 }, stale: { status: 412 } });
  },
);
