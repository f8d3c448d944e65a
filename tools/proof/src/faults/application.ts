import { any, replace } from '@etag/concurrency';
import { memoryStore } from '@etag/concurrency/memory';
import { type ResourceState, sha256, stateOf } from '@etag/core';
import type { Application } from 'adapter-suite';

/** How a part of the application is. */
export type Health = 'here' | 'throws' | 'rejects' | 'hangs';

/** How the parts of the application are now. */
export interface Parts {
  store: Health;
  digest: Health;
  onDecision: Health;
}

export const HEALTHY: Parts = { store: 'here', digest: 'here', onDecision: 'here' };

/** Answers as a part does that is in this state. */
function asIs<T>(health: Health, answer: () => T): T {
  if (health === 'here') return answer();
  if (health === 'throws') throw new Error('a fault of the proof');
  const never = health === 'hangs' ? new Promise(() => {}) : Promise.reject(new Error('a fault of the proof'));
  return never as T;
}

/** An application whose store, digest and observer go away and return. */
export async function faultyApplication(parts: Parts): Promise<Application> {
  const notes = memoryStore<string>();
  await notes.put('1', 'text', any);
  const onDecision = () => asIs(parts.onDecision, () => {});
  const options = { timeout: 50, onDecision };
  const text = { 'content-type': 'text/plain' };
  const current = (): Promise<ResourceState | null> =>
    asIs(parts.store, async () => stateOf((await notes.get('1')) ?? null));
  return {
    tags: { ...options, digest: (content) => asIs(parts.digest, () => sha256(content)) },
    resources: [
      { path: '/content', handle: () => ({ text: 'hello', headers: text }) },
      { path: '/note', current, options, handle: () => ({ text: 'hello', headers: text }) },
      {
        path: '/read',
        options,
        read: () => asIs(parts.store, () => notes.get('1')),
        handle: () => ({ text: 'hello' }),
      },
      {
        path: '/write',
        options,
        write: (expected) => asIs(parts.store, () => replace(notes, '1', 'text', expected)),
        handle: () => ({ text: 'hello' }),
      },
    ],
  };
}
