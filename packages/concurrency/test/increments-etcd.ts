// A process of many writers: node --import ../sources.mjs test/increments-etcd.ts URL WRITERS INCREMENTS
import { any, conditionalUpdate } from '@etag/concurrency';
import { etcdStore } from '@etag/concurrency/etcd';

const [url = '', writers, increments] = process.argv.slice(2);
const store = etcdStore<number>({ endpoints: [url], prefix: 'counters/' });

async function increment(): Promise<void> {
  for (let i = 0; i < Number(increments); ) {
    const outcome = await conditionalUpdate(store, 'total', (count) => count + 1, any);
    if (outcome.kind === 'updated') i++;
    else if (outcome.kind !== 'contended') throw new Error(outcome.kind);
  }
}

await Promise.all(Array.from({ length: Number(writers) }, increment));
