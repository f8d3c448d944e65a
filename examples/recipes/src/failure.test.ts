import { createServer, type Server } from 'node:net';
import { absent } from '@etag/concurrency';
import { drizzle } from 'drizzle-orm/node-postgres';
import { integer, pgTable, text, timestamp } from 'drizzle-orm/pg-core';
import knexOf from 'knex';
import pg from 'pg';
import { ConnectionAcquireTimeoutError } from 'sequelize';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { drizzleStore } from './drizzle.ts';
import { failureOf } from './failure.ts';
import { prismaFailure } from './prisma.ts';

/** Takes connections, and never answers. */
let silent: Server;
let url = '';
beforeAll(async () => {
  silent = createServer();
  await new Promise<void>((listening) => silent.listen(0, '127.0.0.1', listening));
  url = `postgres://postgres@127.0.0.1:${(silent.address() as { port: number }).port}/postgres`;
});
afterAll(() => {
  silent.close();
});

const thrown = (work: PromiseLike<unknown>) =>
  Promise.resolve(work).then(
    () => undefined,
    (error: unknown) => error,
  );

describe('a pool that has no connection to give has sent nothing', () => {
  test('pg', async () => {
    const pool = new pg.Pool({ connectionString: url, max: 1, connectionTimeoutMillis: 50 });
    const errors = await Promise.all([thrown(pool.query('SELECT 1')), thrown(pool.query('SELECT 1'))]);
    expect(errors.map(failureOf)).toEqual(['failed', 'failed']);
    expect(errors.map((cause) => failureOf(new Error('Failed query', { cause })))).toEqual(['failed', 'failed']);
    await pool.end();
  });

  test('Knex, which wraps what its pool says', async () => {
    const log = { error() {} };
    const knex = knexOf({ client: 'pg', connection: url, pool: { min: 0, max: 1 }, acquireConnectionTimeout: 50, log });
    const error = await thrown(knex('notes').select());
    expect(error).toMatchObject({ name: 'KnexTimeoutError' });
    expect(failureOf(error)).toBe('failed');
  });

  test('Sequelize', () => {
    const error = new ConnectionAcquireTimeoutError(new Error('Operation timeout'));
    expect(failureOf(error)).toBe('failed');
  });
});

test('what else has no code, such as the end of a connection, may have been written', () => {
  expect(failureOf(new Error('Connection terminated unexpectedly'))).toBe('unknown');
  expect(failureOf(new Error('Failed query', { cause: new Error('Query read timeout') }))).toBe('unknown');
});

test('a member that a column of Drizzle cannot hold is its own error: nothing was sent', async () => {
  const columns = { id: text().primaryKey(), version: integer().notNull(), at: timestamp().notNull() };
  const store = drizzleStore(drizzle({ client: new pg.Pool() }), pgTable('notes', columns));
  for (const expectation of [absent, { oneOf: ['1'] }]) {
    // As JSON has it.
    const at = '2026-01-02T12:00:00.000Z' as unknown as Date;
    const put = store.put('1', { at }, expectation);
    await expect(put).rejects.toThrow(TypeError);
  }
});

describe('Prisma', () => {
  /** As the adapter of pg, or that of libsql, has it. */
  const known = (code: string, cause: object) =>
    Object.assign(new Error('Invalid invocation'), { code, meta: { driverAdapterError: { cause } } });
  const ofPostgres = (code: string, severity: string) =>
    known('P2039', { kind: 'postgres', originalCode: code, code, severity });

  test.each([
    ['a member that the schema does not have', { name: 'PrismaClientValidationError' }, 'failed'],
    ['a value that is taken', known('P2002', { kind: 'UniqueConstraintViolation', originalCode: '23505' }), 'failed'],
    ['a server that is not there', known('P1001', { kind: 'DatabaseNotReachable' }), 'failed'],
    ['a pool that is exhausted', new Error('timeout exceeded when trying to connect'), 'failed'],
    ['a statement that took too long', ofPostgres('57014', 'ERROR'), 'failed'],
    ['a lock that was not to be had', ofPostgres('55P03', 'ERROR'), 'conflict'],
    [
      'a serialization failure',
      known('P2034', { kind: 'TransactionWriteConflict', originalCode: '40001' }),
      'conflict',
    ],
    ['a busy file of SQLite', known('P1008', { kind: 'SocketTimeout', originalCode: '5' }), 'conflict'],
    ['a connection that the server ended', ofPostgres('57P01', 'FATAL'), 'unknown'],
    ['a connection that was reset', known('P1017', { kind: 'ConnectionClosed' }), 'unknown'],
    ['a network that took too long', known('P1008', { kind: 'SocketTimeout' }), 'unknown'],
    ['a remote SQLite that did not answer', known('P2039', { kind: 'sqlite', extendedCode: 1 }), 'unknown'],
    ['a row that was written, and cannot be read', known('P2023', {}), 'unknown'],
  ])('%s', (_, error, said) => {
    expect(prismaFailure(error)).toBe(said);
  });
});
