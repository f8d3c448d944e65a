import { type Expectation, type PutOutcome, update } from '@etag/concurrency';
import { postgresStore } from '@etag/concurrency/postgres';
import type { Pool, PoolClient } from 'pg';

/** The root of an aggregate: its tag is that of the order with all of its lines. */
export interface Order {
  customer: string;
}

export const TABLES = `
  CREATE TABLE orders (
    id text PRIMARY KEY,
    version uuid NOT NULL DEFAULT gen_random_uuid(),
    modified timestamptz NOT NULL DEFAULT now(),
    customer text NOT NULL
  );
  CREATE TABLE lines (
    "order" text NOT NULL REFERENCES orders (id) ON DELETE CASCADE,
    article text NOT NULL,
    amount integer NOT NULL CHECK (amount > 0)
  );`;

/** Orders with lines, in PostgreSQL. */
export function orderStore(pool: Pool) {
  const orders = postgresStore<Order, PoolClient>(pool, { table: 'orders', key: 'id', columns: ['customer'] });

  /** Adds a line if the order is what the client saw. The write to the root comes first: it takes the lock and the version. */
  function addLine(id: string, article: string, amount: number, expected: Expectation): Promise<PutOutcome<Order>> {
    return orders.transact(async (inside, client) => {
      const outcome = await update(inside, id, (order) => order, expected);
      if (outcome.kind === 'updated')
        await client.query('INSERT INTO lines VALUES ($1, $2, $3)', [id, article, amount]);
      return outcome;
    });
  }

  return { ...orders, addLine };
}
