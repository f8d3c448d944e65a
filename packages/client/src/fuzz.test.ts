import { expect, test } from 'vitest';
import { fuzz } from '../test/fuzz.ts';

// The long form: pnpm --filter @etag/client fuzz [CALLS] [SEED]
test('2,000 calls of servers that hang, lie, redirect and break: nothing wrong, older, hung, linked, unhandled or left', async () => {
  const seed = Math.floor(Math.random() * 1e6);
  const nothing = { wrong: [], older: [], hung: [], linked: [], unhandled: [], left: 0 };
  expect(await fuzz(2000, seed), `seed ${seed}`).toEqual(nothing);
}, 60_000);
