import { describe, expect, it } from 'vitest';
import { type Booted, bootedAdapters } from '../adapters/boots.ts';
import { tryFaults } from './part.ts';

describe('an adapter', async () => {
  const [, node] = (await bootedAdapters()) as [Booted, Booted];
  const wrongOf = async (booted: Booted) => (await tryFaults(booted)).flatMap(({ wrong }) => wrong);

  it('outlives the faults of the application', async () => {
    expect(await wrongOf(node)).toEqual([]);
  });

  it('that lets a write through while the store is away is found', async () => {
    // A store that is away is taken for one that has nothing.
    const careless: Booted = {
      ...node,
      name: 'careless',
      boot: ({ resources, ...application }) =>
        node.boot({
          ...application,
          resources: resources.map(({ current, ...resource }) => ({
            ...resource,
            ...(current && {
              current: async (request) => {
                try {
                  return await current(request);
                } catch {
                  return { etag: '"v1"' as const };
                }
              },
            }),
          })),
        }),
    };
    expect(await wrongOf(careless)).toContain('careless, store rejects: PUT /note: 200,false, not 500,false');
  });
});
