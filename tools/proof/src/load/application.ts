import { setTimeout as wait } from 'node:timers/promises';
import { type Expectation, holds, type Outcome, outcome, refused, stored, versionTag } from '@etag/core';
import type { Application, Resource } from 'adapter-suite';
import { contentOf, type Ledger, LONG, NOTES } from './ledger.ts';

/** How a note is served; the first part of its path. */
export const KINDS = ['early', 'content', 'stream', 'read', 'write', 'guarded'] as const;
export type Kind = (typeof KINDS)[number];

const text = { 'content-type': 'text/plain' };
const CHUNK = 65_536;

/** What responses are read from: a source that nobody reads to its end has to be closed, be it begun or not. */
export interface Sources {
  open: number;
  /** Long ones that were read to their end. */
  finished: number;
}

export const noSources = (): Sources => ({ open: 0, finished: 0 });

/** An application that serves versions of notes in each way that an adapter knows. */
export function loadApplication(ledger: Ledger, sources: Sources): Application {
  function chunksOf(note: number, version: number): AsyncIterableIterator<Uint8Array> {
    const bytes = new TextEncoder().encode(contentOf(note, version));
    let at = 0;
    let isOpen = true;
    sources.open += 1;
    const close = () => {
      if (isOpen) sources.open -= 1;
      isOpen = false;
      return { done: true, value: undefined } as const;
    };
    return {
      [Symbol.asyncIterator]() {
        return this;
      },
      async next() {
        const value = bytes.subarray(at, at + CHUNK);
        at += CHUNK;
        if (isOpen && value.length > 0) return { done: false, value };
        if (isOpen && note === LONG) sources.finished += 1;
        return close();
      },
      return: async () => close(),
    };
  }

  /** Compares, and sets: in one step, after a while. */
  async function write(note: number, expected: Expectation): Promise<Outcome<unknown>> {
    await wait(Math.random() * 3);
    const current = { version: `${ledger.current(note)}` };
    if (!holds(expected, current)) return refused(expected, current);
    const version = ledger.replace(note);
    return outcome({ kind: 'updated', version: `${version}`, value: contentOf(note, version) });
  }

  const resourcesOf = (note: number): Record<Kind, Omit<Resource, 'path'>> => {
    const content = () => ({ text: contentOf(note, ledger.current(note)), headers: text });
    const current = async () => {
      await wait(Math.random() * 2);
      return { etag: versionTag(`${ledger.current(note)}`) };
    };
    return {
      early: { current, handle: content },
      content: { handle: content },
      stream: {
        handle: () => {
          const version = ledger.current(note);
          return { chunks: chunksOf(note, version), headers: { ...text, etag: versionTag(`${version}`) } };
        },
      },
      read: {
        read: async () => {
          const version = ledger.current(note);
          return stored({ version: `${version}`, value: { text: contentOf(note, version) } });
        },
        handle: content,
      },
      write: { write: (expected) => write(note, expected), handle: content },
      guarded: {
        current,
        require: true,
        handle: ({ method }) => {
          if (method === 'PUT') ledger.replace(note);
          return { status: method === 'PUT' ? 204 : 200 };
        },
      },
    };
  };

  return {
    resources: Array.from({ length: NOTES }, (_, note) =>
      Object.entries(resourcesOf(note)).map(([kind, resource]) => ({ path: `/${kind}/${note}`, ...resource })),
    ).flat(),
  };
}
