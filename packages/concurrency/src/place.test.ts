import { DatabaseSync } from 'node:sqlite';
import { any } from '@etag/core';
import { describe, expect, test } from 'vitest';
import { azureBlobStore } from './azure-blob/index.ts';
import { d1Store } from './d1/index.ts';
import { denoKvStore } from './deno-kv/index.ts';
import { durableObjectStore } from './durable-object/index.ts';
import { dynamodbStore } from './dynamodb/index.ts';
import { etcdStore } from './etcd/index.ts';
import { libsqlStore } from './libsql/index.ts';
import { memoryStore } from './memory/index.ts';
import { mysqlStore, mysqlTable } from './mysql/index.ts';
import { natsKvStore } from './nats-kv/index.ts';
import { postgresStore, postgresTable } from './postgres/index.ts';
import { r2Store } from './r2/index.ts';
import { redisStore } from './redis/index.ts';
import { replace } from './replace.ts';
import { s3Store } from './s3/index.ts';
import { sqliteStore, sqliteTable } from './sqlite/index.ts';
import { taggedItem } from './tagged-item.ts';
import { update } from './update.ts';

// What an application in JavaScript may pass: a client that has every method, and options that nobody checked.
// biome-ignore lint/suspicious/noExplicitAny: JavaScript
type Anything = any;
const sendsOnce = { maxRetries: 0, pipeline: { options: { retryOptions: { maxTries: 1 } } } };
const client: Anything = new Proxy(sendsOnce, {
  get: (options, name) => Reflect.get(options, name) ?? (() => {}),
  // Of a client of node-redis.
  has: (_, name) => name === 'evalSha',
});
// By promise(), one of mysql2 with callbacks is known.
const mysqlClient: Anything = { execute: async () => {}, getConnection: async () => {} };
const place: Anything = { table: 'notes', prefix: 'notes/', bucket: 'notes', endpoints: ['http://localhost:2379'] };

/** The stores, with the options that they take. */
const STORES: Record<string, { make: (options: Anything) => unknown; options: readonly string[] }> = {
  redis: { make: (options) => redisStore(client, options), options: ['prefix'] },
  etcd: { make: (options) => etcdStore(options), options: ['endpoints', 'prefix'] },
  s3: { make: (options) => s3Store(client, options), options: ['bucket', 'prefix'] },
  r2: { make: (options) => r2Store(client, options), options: ['prefix'] },
  azureBlob: { make: (options) => azureBlobStore(client, options), options: ['prefix'] },
  dynamodb: { make: (options) => dynamodbStore(client, options), options: ['table', 'prefix'] },
  denoKv: { make: (options) => denoKvStore(client, { ...options, prefix: ['notes'] }), options: [] },
  natsKv: { make: (options) => natsKvStore(client, options), options: ['prefix'] },
  postgres: { make: (options) => postgresStore(client, options), options: ['table'] },
  postgresTable: { make: postgresTable, options: ['table'] },
  mysql: { make: (options) => mysqlStore(mysqlClient, options), options: ['table'] },
  mysqlTable: { make: mysqlTable, options: ['table'] },
  sqlite: { make: (options) => sqliteStore(new DatabaseSync(':memory:'), options), options: ['table'] },
  sqliteTable: { make: sqliteTable, options: ['table'] },
  libsql: { make: (options) => libsqlStore(client, options), options: ['table'] },
  d1: { make: (options) => d1Store(client, options), options: ['table'] },
};

describe.each(Object.entries(STORES))('%s', (_, { make, options }) => {
  const given = Object.fromEntries(options.map((name) => [name, place[name]]));

  test('takes its options', () => {
    make(given);
  });

  test('refuses one that there is not', () => {
    expect(() => make({ ...given, prefx: 'notes:' })).toThrow('prefx is not one of the options');
  });

  test.each(options)('does not do without %s', (name) => {
    expect(() => make({ ...given, [name]: undefined })).toThrow(TypeError);
  });
});

test.each<[slip: string, options: object]>([
  ['versions', { versions: 'v' }],
  ['wher', { wher: { tenant: 1 } }],
  ['colum', { version: { colum: 'v', type: 'integer' } }],
  ['typ', { modified: { column: 'm', type: 'iso', typ: 'iso' } }],
  ['readonly', { columns: { title: { readonly: true } } }],
])('%s in the options of a table is refused', (slip, options) => {
  const slipped: Anything = { table: 'notes', ...options };
  expect(() => sqliteTable(slipped)).toThrow(`${slip} is not one of the options`);
});

test('a Durable Object refuses one that there is not', () => {
  const storage: Anything = { sql: { exec: () => ({ raw: () => [] }) }, transactionSync: () => {} };
  expect(() => durableObjectStore(storage, { ...place })).toThrow('prefix is not one of the options');
});

describe('an option that a call does not have is refused, and nothing was written', () => {
  const slip: Anything = { alredyApplied: true };

  test.each([
    ['put', (store: Anything) => store.put('1', 'text', any, slip)],
    ['get', (store: Anything) => store.get('1', slip)],
    ['state', (store: Anything) => store.state('1', slip)],
    ['delete', (store: Anything) => store.delete('1', any, slip)],
    ['replace', (store: Anything) => replace(store, '1', 'text', any, slip)],
    ['update', (store: Anything) => update(store, '1', () => 'text', any, slip)],
  ])('by %s', async (_, call) => {
    const store = memoryStore();
    await expect(call(store)).rejects.toThrow('alredyApplied is not one of the options');
    expect(await store.get('1')).toBe(null);
  });

  test('by taggedItem', () => {
    const options: Anything = { name: '_etag' };
    expect(() => taggedItem({ version: '7', value: {} }, options)).toThrow('name is not one of the options');
  });
});
