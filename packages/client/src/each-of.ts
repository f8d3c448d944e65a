/** How many at the same time. */
export interface Limits {
  readonly concurrency: number;
  /** Of one host. */
  readonly perHost: number;
}

/** Runs something with each URL: those of one host in their order, hosts beside each other. */
export async function eachOf(
  urls: readonly string[],
  { concurrency, perHost }: Limits,
  run: (url: string) => Promise<void>,
): Promise<void> {
  const inSlot = slots(concurrency);
  const workers = [...byHost(urls).values()].flatMap((ofHost) => {
    // One iterator for all workers of a host: each takes the next.
    const next = ofHost.values();
    return Array.from({ length: Math.min(perHost, ofHost.length) }, async () => {
      for (const url of next) await inSlot(() => run(url));
    });
  });
  await Promise.all(workers);
}

function byHost(urls: readonly string[]): Map<string, string[]> {
  const hosts = new Map<string, string[]>();
  for (const url of urls) {
    // What is not a URL fails when it is read.
    const host = URL.canParse(url) ? new URL(url).host : '';
    const others = hosts.get(host);
    if (others) others.push(url);
    else hosts.set(host, [url]);
  }
  return hosts;
}

/** Runs so many at the same time, the others as soon as one of them is done. */
function slots(count: number): (run: () => Promise<void>) => Promise<void> {
  const waiting: (() => void)[] = [];
  let free = count;
  return async (run) => {
    if (free > 0) free--;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      await run();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else free++;
    }
  };
}
