import { expect, test } from 'vitest';
import { insertWhereNoneIs, left, updateAndRead } from './without-returning.ts';

interface Row {
  version: number;
  text: string;
}

/** A row whose look fails, with an error that would mean that nothing was written. */
const lost = (isInTransaction: boolean) => ({
  versionName: 'version',
  find: () => Promise.reject(Object.assign(new Error('of the look'), { code: '57014', severity: 'ERROR' })),
  isInTransaction: () => isInTransaction,
  failure: () => 'failed' as const,
});
const row: Row = { version: 1, text: 'a' };

test('a look that fails after a write is not an error of the write: its outcome is unknown', async () => {
  const unknown = { code: 'ETAG_OUTCOME_UNKNOWN', cause: { message: 'of the look' } };
  await expect(updateAndRead<Row>(lost(false), { text: 'a' }, 1, async () => 1)).rejects.toMatchObject(unknown);
  await expect(insertWhereNoneIs<Row>(lost(false), row, async () => {})).rejects.toMatchObject(unknown);
});

test('in a transaction, whose end decides, it is the error of the look', async () => {
  const error = { code: '57014' };
  await expect(updateAndRead<Row>(lost(true), { text: 'a' }, 1, async () => 1)).rejects.toMatchObject(error);
  await expect(insertWhereNoneIs<Row>(lost(true), row, async () => {})).rejects.toMatchObject(error);
});

test.each(['2', 2n])('a version of %s is the count 2', async (version) => {
  const read = { version: version as unknown as number, text: 'as it is stored' };
  const steps = { ...lost(false), find: async () => read };
  expect(await left<Row>(steps, { version: 2, text: 'as it was sent' })).toBe(read);
  const after = await updateAndRead<Row>({ ...steps, find: async () => read }, { text: 'b' }, null, async () => 1);
  // The look is of an earlier version: another one came between.
  expect(after).toEqual({ version: 3, text: 'b' });
});
