import { describe, expect, it } from 'vitest';
import { type Booted, bootedAdapters } from '../adapters/boots.ts';
import { bootedWith } from '../adapters/mutated.ts';
import { tryQuitters } from './quitters.ts';

describe('peers that give up over HTTP/2', async () => {
  const node = (await bootedAdapters()).find(({ name }) => name === 'node') as Booted;

  it('leave nothing open, and the next one is answered', async () => {
    expect(await tryQuitters(node, 1)).toMatchObject({ cases: 14, faults: 14, lost: 0, wrong: [] });
  }, 120_000);

  it('are found not to be waited for where content is written faster than they take it', async () => {
    const edit = {
      file: 'packages/node/src/exchange.ts',
      from: 'return this.#pass(replaced ?? this.#before.write, args);',
      to: 'this.#pass(replaced ?? this.#before.write, args); return true;',
    };
    const { wrong } = await tryQuitters(await bootedWith(node, edit), 1);
    expect(wrong.join('\n')).toContain('/stream/3: a source was read to its end for nobody');
  }, 120_000);

  it('are found to leave something open where nobody can close a source', async () => {
    const careless: Booted = {
      ...node,
      boot: (application) =>
        node.boot({
          ...application,
          resources: application.resources.map(({ handle, ...resource }) => ({
            ...resource,
            handle: async (request) => {
              const reply = await handle(request);
              const iterator = reply.chunks?.[Symbol.asyncIterator]();
              return iterator
                ? { ...reply, chunks: { [Symbol.asyncIterator]: () => ({ next: () => iterator.next() }) } }
                : reply;
            },
          })),
        }),
    };
    const { wrong } = await tryQuitters(careless, 1);
    expect(wrong.join('\n')).toMatch(/RST_STREAM within the content of the response, \/stream\/3: sources that nobody/);
  }, 120_000);
});
