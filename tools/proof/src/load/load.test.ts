import { setTimeout as wait } from 'node:timers/promises';
import type { Resource } from 'adapter-suite';
import { describe, expect, it, vi } from 'vitest';
import { type Booted, bootedAdapters } from '../adapters/boots.ts';
import { bootedWith } from '../adapters/mutated.ts';
import { tryLoad } from './part.ts';

const TIME = 500;
vi.setConfig({ testTimeout: 90_000 });

describe('a server under load', async () => {
  const [, node] = (await bootedAdapters()) as [Booted, Booted];
  const wrongOf = async (booted: Booted) =>
    (await tryLoad(booted, 'HTTP/1.1', TIME)).flatMap(({ wrong }) => wrong).join('\n');
  /** How often a mistake may go unnoticed: a busy machine may not come to it in the time of one load. */
  const LOADS = 8;
  const expectFound = async (booted: Booted, mistake: RegExp) => {
    let wrong = '';
    for (let load = 0; load < LOADS && !mistake.test(wrong); load++) wrong = await wrongOf(booted);
    expect(wrong).toMatch(mistake);
  };

  /** The application is careless. */
  const careless = (change: (resource: Resource) => Partial<Resource>): Booted => ({
    ...node,
    boot: (application) =>
      node.boot({
        ...application,
        resources: application.resources.map((resource) => ({ ...resource, ...change(resource) })),
      }),
  });

  it('answers right, and keeps nothing', async () => {
    expect(await wrongOf(node)).toBe('');
  });

  it('that leaves open what it does not send is found', async () => {
    const booted = careless(({ handle }) => ({
      handle: async (request) => {
        const reply = await handle(request);
        const iterator = reply.chunks?.[Symbol.asyncIterator]();
        if (!iterator) return reply;
        // Nobody can close it.
        return { ...reply, chunks: { [Symbol.asyncIterator]: () => ({ next: () => iterator.next() }) } };
      },
    }));
    await expectFound(booted, /sources that nobody closed/);
  });

  it('that keeps the responses it intercepts is found', async () => {
    const edit = {
      file: 'packages/node/src/exchange.ts',
      from: 'this.#before = intercept(res);',
      to: 'this.#before = intercept(res); ((globalThis as any).kept ??= []).push(res);',
    };
    await expectFound(await bootedWith(node, edit), /messages: \d+, then/);
  });

  it('that reads what it does not send is found', async () => {
    const edit = {
      file: 'packages/node/src/exchange.ts',
      from: 'for (const producer of this.#producers ?? []) stopProducer(producer);',
      to: '',
    };
    await expectFound(await bootedWith(node, edit), /a source was read to its end, for a 304/);
  });

  it('that asks for the state once, and answers by it later, is found', async () => {
    let found: ReturnType<NonNullable<Resource['current']>> | undefined;
    const booted = careless(({ path, current }) =>
      current && path === '/early/0' ? { current: (request) => (found ??= current(request)) } : {},
    );
    await expectFound(booted, /which was not current/);
  });

  it('that compares, waits, and sets is found', async () => {
    const booted = careless(({ write }) =>
      write
        ? {
            write: async (expected, request) => {
              // By the time of the write, nothing is compared.
              const outcome = await write(expected, request);
              if (outcome.kind !== 'stale') return outcome;
              await wait(1);
              return write({ exists: true }, request);
            },
          }
        : {},
    );
    await expectFound(booted, /let through|a write is lost/);
  });
});
