import { absent, any, oneOf } from '@etag/concurrency';
import pg from 'pg';
import { available, startPostgres } from 'servers';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { orderStore, TABLES } from './aggregate.ts';

const server = await available('the recipe for aggregates', startPostgres);
const pool = new pg.Pool({ connectionString: server?.url });
// end() does not wait for the server to close the connections.
pool.on('error', () => {});
const orders = orderStore(pool);

afterAll(async () => {
  await pool.end();
  await server?.stop();
});

describe.skipIf(!server)('an order with lines has one tag', () => {
  let id: string;
  let version: string;

  beforeAll(() => pool.query(TABLES));
  beforeEach(async () => {
    id = crypto.randomUUID();
    const outcome = await orders.put(id, { customer: 'Ada' }, absent);
    version = 'version' in outcome ? outcome.version : '';
  });

  const lines = async () => (await pool.query('SELECT article, amount FROM lines WHERE "order" = $1', [id])).rows;

  test('which changes with a line', async () => {
    const before = (await orders.state(id))?.etag;
    expect(await orders.addLine(id, 'tea', 2, oneOf(version))).toMatchObject({ kind: 'updated' });
    expect(await lines()).toEqual([{ article: 'tea', amount: 2 }]);
    expect((await orders.state(id))?.etag).not.toBe(before);
  });

  test('and a stale one adds no line', async () => {
    await orders.addLine(id, 'tea', 2, oneOf(version));
    expect(await orders.addLine(id, 'milk', 1, oneOf(version))).toMatchObject({ kind: 'stale' });
    expect(await lines()).toHaveLength(1);
  });

  test('of 16 who saw the same order, one adds a line', async () => {
    const all = Array.from({ length: 16 }, (_, i) => orders.addLine(id, `article ${i}`, 1, oneOf(version)));
    const kinds = (await Promise.all(all)).map(({ kind }) => kind).sort();
    expect(kinds).toEqual([...Array(15).fill('stale'), 'updated']);
    expect(await lines()).toHaveLength(1);
  });

  test('of 16 who did not say what they saw, each that was acknowledged added a line', async () => {
    const all = Array.from({ length: 16 }, (_, i) => orders.addLine(id, `article ${i}`, 1, any));
    const kinds = (await Promise.all(all)).map(({ kind }) => kind);
    expect(await lines()).toHaveLength(kinds.filter((kind) => kind === 'updated').length);
  });

  test('and keeps it where a line fails', async () => {
    await expect(orders.addLine(id, 'tea', 0, oneOf(version))).rejects.toThrow('check constraint');
    expect(await orders.get(id)).toMatchObject({ version });
    expect(await lines()).toEqual([]);
  });
});
