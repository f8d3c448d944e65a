import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import type { Answer, Api } from '../api.ts';
import type { Checks } from '../check.ts';

const racers = Array.from({ length: 32 }, (_, racer) => ({ title: 'racer', text: `${racer}` }));

/** The statuses, and how often each was answered. */
function tally(answers: readonly Answer[]): Record<number, number> {
  const counts: Record<number, number> = {};
  for (const { status } of answers) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}

/** One racer won, it is the winner's note that is stored, and each loser was told its version. */
async function expectOneWinner(api: Api, path: string, answers: readonly Answer[], won: 200 | 201): Promise<void> {
  expect(tally(answers)).toEqual({ [won]: 1, 412: 31 });
  const found = await api.send('GET', path);
  expect(answers.find(({ status }) => status === won)?.json).toEqual(found.json);
  const told = new Set(answers.filter(({ status }) => status === 412).map(({ json }) => json.current));
  expect([...told]).toEqual([found.etag]);
}

/** Races again and again, on connections that are open already: one round may go well by chance. */
async function rounds(api: Api, race: () => Promise<void>): Promise<void> {
  await Promise.all(racers.map(() => api.send('HEAD', '/notes/1')));
  for (let round = 0; round < 5; round++) await race();
}

/** Writers at the same time, on connections of their own. */
export const racing: Checks = {
  'of 32 PUTs with one If-Match one is 200, thirty-one are 412': (api) =>
    rounds(api, async () => {
      const { path, tag } = await api.create();
      const answers = await Promise.all(racers.map((note) => api.send('PUT', path, { 'If-Match': tag }, note)));
      await expectOneWinner(api, path, answers, 200);
    }),

  'of 32 PUTs with If-None-Match: * one is 201, thirty-one are 412': (api) =>
    rounds(api, async () => {
      const path = `/notes/${randomUUID()}`;
      const answers = await Promise.all(racers.map((note) => api.send('PUT', path, { 'If-None-Match': '*' }, note)));
      await expectOneWinner(api, path, answers, 201);
    }),

  'of 32 PATCHes with one If-Match one is 200, thirty-one are 412': (api) =>
    rounds(api, async () => {
      const { path, tag } = await api.create();
      const answers = await Promise.all(racers.map((note) => api.send('PATCH', path, { 'If-Match': tag }, note)));
      await expectOneWinner(api, path, answers, 200);
    }),

  'of 16 PUTs and 16 DELETEs with one If-Match one goes through': (api) =>
    rounds(api, async () => {
      const { path, tag } = await api.create();
      const headers = { 'If-Match': tag };
      const answers = await Promise.all(
        racers.map((note, racer) =>
          racer % 2 ? api.send('PUT', path, headers, note) : api.send('DELETE', path, headers),
        ),
      );
      // After a PUT all others are stale; after a DELETE there is nothing to match, and nothing to delete.
      const { 200: put = 0, 204: deleted = 0, ...refused } = tally(answers);
      expect(put + deleted).toBe(1);
      expect(refused).toEqual(put ? { 412: 31 } : { 404: 15, 412: 16 });
      expect((await api.send('GET', path)).status).toBe(put ? 200 : 404);
    }),

  '8 writers who read again after each 412 lose no increment': async (api) => {
    const { path } = await api.create({ title: 'counter', text: '0' });
    const increment = async (): Promise<void> => {
      const { etag, json } = await api.send('GET', path);
      const next = { title: 'counter', text: `${Number(json.text) + 1}` };
      const { status } = await api.send('PUT', path, { 'If-Match': etag }, next);
      if (status === 412) return increment();
      expect(status).toBe(200);
    };
    const write = async () => {
      for (let i = 0; i < 10; i++) await increment();
    };
    await Promise.all(Array.from({ length: 8 }, write));
    expect((await api.send('GET', path)).json.text).toBe('80');
  },
};
