import { PGlite } from '@electric-sql/pglite';
import { absent, any, exists, oneOf } from '@etag/core';
import pg from 'pg';
import postgres from 'postgres';
import { available, startPostgres } from 'servers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TableOptions } from '../sql/options.ts';
import { runOn } from './connection.ts';
import { type PostgresConnection, postgresStore, postgresTable } from './index.ts';

const server = await available('postgresStore on tables', () => startPostgres({ fsync: 'off' }));
const url = server?.url ?? '';
afterAll(() => server?.stop());

interface Opened {
  db: PostgresConnection;
  /** Runs several statements. */
  script(sql: string): Promise<unknown>;
  end(): Promise<void>;
}

const drivers: [name: string, open: () => Promise<Opened>][] = [
  [
    'pg',
    async () => {
      const db = new pg.Pool({ connectionString: url, options: '-c TimeZone=America/New_York' });
      // A connection that breaks while it is idle is replaced.
      db.on('error', () => {});
      return { db, script: (sql) => db.query(sql), end: () => db.end() };
    },
  ],
  [
    'postgres.js',
    async () => {
      const db = postgres(url);
      return { db, script: (sql) => db.unsafe(sql), end: () => db.end() };
    },
  ],
  [
    'PGlite',
    async () => {
      const db = await PGlite.create();
      return { db, script: (sql) => db.exec(sql), end: () => db.close() };
    },
  ],
];

/** A table for each test; in the case in which it is written. */
const newName = () => `Table_${crypto.randomUUID().replaceAll('-', '')}`;

describe.skipIf(!server).each(drivers)('a table that is there already, %s', (_, open) => {
  let opened: Opened;
  beforeAll(async () => {
    opened = await open();
  }, 60_000);
  afterAll(() => opened.end());
  const run = (text: string) => runOn(opened.db)([text, []]);
  const storeOf = <T>(options: TableOptions<T>) => postgresStore<T>(opened.db, options);
  const version = 'version uuid NOT NULL DEFAULT gen_random_uuid()';

  describe.each([
    ['integer', '5', ['abc', '', ' ', '1.5', '99999999999', '\0']],
    ['uuid', '0b21f7c0-3b5e-4b0e-9b0a-0d1c2e3f4a5b', ['abc', '', '5', '0b21f7c0-3b5e-4b0e-9b0a-0d1c2e3f4a5', '\0']],
    ['text', 'abc', ['\0']],
  ])('a key of %s', (type, key, impossible) => {
    const table = newName();
    const open = () => storeOf<{ title: string }>({ table, modified: null, columns: ['title'] });
    beforeAll(() => run(`CREATE TABLE "${table}" (key ${type} PRIMARY KEY, title text, ${version})`));

    test('is given as text', async () => {
      const store = open();
      const created = await store.put(key, { title: 'a' }, absent);
      expect(created).toMatchObject({ kind: 'created', value: { title: 'a' } });
      expect(await store.put(key, { title: 'b' }, absent)).toMatchObject({ kind: 'exists' });
      expect(await store.put(key, { title: 'b' }, exists)).toMatchObject({ kind: 'updated' });
      expect(await store.get(key)).toMatchObject({ value: { title: 'b' } });
      expect(await store.delete(key, any)).toEqual({ kind: 'deleted' });
    });

    test.each(impossible)('is never %j: nothing is stored there, and nothing can be', async (key) => {
      const store = open();
      expect(await store.get(key)).toBeNull();
      expect(await store.state(key)).toBeNull();
      for (const expectation of [exists, oneOf('1'), oneOf('1', '2')]) {
        expect(await store.put(key, { title: 'a' }, expectation)).toMatchObject({ kind: 'missing' });
        expect(await store.delete(key, expectation)).toMatchObject({ kind: 'missing' });
      }
      expect(await store.delete(key, any)).toMatchObject({ kind: 'missing' });
      for (const expectation of [any, absent]) {
        const put = store.put(key, { title: 'a' }, expectation);
        await expect(put).rejects.toThrow(TypeError);
      }
    });
  });

  describe.each([
    ['integer', '7', ['07', '+7', ' 7', '7.0']],
    ['bigint', '9007199254740993', ['09007199254740993', '9223372036854775808']],
    ['numeric(10, 0)', '7', ['07', '7.0', '7e0']],
    ['uuid', '0b21f7c0-3b5e-4b0e-9b0a-0d1c2e3f4a5b', ['0B21F7C0-3B5E-4B0E-9B0A-0D1C2E3F4A5B']],
    ['char(5)', 'abc', ['abc ', 'abc  ']],
    ['varchar(3)', 'abc', ['abc ']],
  ])('a key of %s', (type, key, others) => {
    const table = newName();
    const open = () => storeOf<{ title: string }>({ table, modified: null, columns: ['title'] });
    beforeAll(() => run(`CREATE TABLE "${table}" (key ${type} PRIMARY KEY, title text, ${version})`));

    test('is found under no other name, and nothing is made under one that would be it', async () => {
      const store = open();
      for (const other of others) {
        await expect(store.put(other, { title: 'lost' }, absent).then(({ kind }) => kind)).rejects.toThrow(TypeError);
        expect(await store.get(other)).toBeNull();
      }
      await store.put(key, { title: 'mine' }, absent);
      const { version: current = '' } = (await store.get(key)) ?? {};
      for (const other of others) {
        expect(await store.get(other)).toBeNull();
        expect(await store.state(other)).toBeNull();
        expect(await store.put(other, { title: 'lost' }, exists)).toMatchObject({ kind: 'missing' });
        expect(await store.delete(other, oneOf(current))).toMatchObject({ kind: 'missing' });
      }
      expect(await store.get(key)).toMatchObject({ value: { title: 'mine' } });
    });
  });

  test.each(['timestamptz', 'date', 'double precision', 'numeric(10, 2)', 'bytea', 'boolean'])(
    'a key of %s, whose text depends on the session or is another, is refused',
    async (type) => {
      const table = newName();
      await run(`CREATE TABLE "${table}" (key ${type} PRIMARY KEY, title text, ${version})`);
      const store = storeOf<{ title: string }>({ table, modified: null, columns: ['title'] });
      await expect(store.get('1')).rejects.toThrow('in another form');
    },
  );

  test('a trigger that makes another key of it: a TypeError, and nothing is stored', async () => {
    const table = newName();
    await opened.script(`CREATE TABLE "${table}" (email text PRIMARY KEY, name text, ${version});
      CREATE FUNCTION "${table}"() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        NEW.email := lower(NEW.email); RETURN NEW; END $$;
      CREATE TRIGGER folds BEFORE INSERT ON "${table}" FOR EACH ROW EXECUTE FUNCTION "${table}"()`);
    const store = storeOf<{ name: string }>({ table, key: 'email', modified: null, columns: ['name'] });
    await expect(store.put('Ada@example.com', { name: 'Ada' }, absent)).rejects.toThrow(TypeError);
    expect(await run(`SELECT count(*)::int FROM "${table}"`)).toEqual([[0]]);
    expect(await store.put('ada@example.com', { name: 'Ada' }, absent)).toMatchObject({ kind: 'created' });
  });

  test('a trigger that keeps the version: an error at the first write that names one', async () => {
    const table = newName();
    await opened.script(`CREATE TABLE "${table}" (key text PRIMARY KEY, name text, ${version});
      CREATE FUNCTION "${table}"() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        NEW.version := OLD.version; RETURN NEW; END $$;
      CREATE TRIGGER keeps BEFORE UPDATE ON "${table}" FOR EACH ROW EXECUTE FUNCTION "${table}"()`);
    const store = storeOf<{ name: string }>({ table, modified: null, columns: ['name'] });
    const { version: current } = (await store.put('1', { name: 'old' }, absent)) as { version: string };
    await expect(store.put('1', { name: 'new' }, oneOf(current))).rejects.toThrow('such as a trigger');
  });

  test('a table from which others inherit is refused; its heir and a partitioned one are not', async () => {
    const [table, heir, whole] = [newName(), newName(), newName()];
    await opened.script(`CREATE TABLE "${table}" (key text PRIMARY KEY, name text, ${version});
      CREATE TABLE "${heir}" (PRIMARY KEY (key)) INHERITS ("${table}");
      CREATE TABLE "${whole}" (key text PRIMARY KEY, name text, ${version}) PARTITION BY HASH (key);
      CREATE TABLE "${whole}_0" PARTITION OF "${whole}" FOR VALUES WITH (MODULUS 1, REMAINDER 0)`);
    const open = (table: string) => storeOf<{ name: string }>({ table, modified: null, columns: ['name'] });
    await expect(open(table).put('1', { name: 'a' }, any)).rejects.toThrow(`write to "${heir}" as well`);
    for (const table of [heir, whole]) {
      const created = await open(table).put('1', { name: 'a' }, absent);
      expect(created.kind).toBe('created');
    }
  });

  test('a trigger that drops a write keeps it from the row, and is no contention', async () => {
    const table = newName();
    await opened.script(`CREATE TABLE "${table}" (key text PRIMARY KEY, name text, ${version});
      INSERT INTO "${table}" VALUES ('1', 'old');
      CREATE FUNCTION "${table}"() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;
      CREATE TRIGGER drops BEFORE INSERT OR UPDATE OR DELETE ON "${table}" FOR EACH ROW EXECUTE FUNCTION "${table}"()`);
    const store = storeOf<{ name: string }>({ table, modified: null, columns: ['name'] });
    const { version: current = '' } = (await store.get('1')) ?? {};
    const blocked = { code: 'ETAG_WRITE_BLOCKED' };
    await expect(store.put('1', { name: 'new' }, oneOf(current))).rejects.toMatchObject(blocked);
    await expect(store.put('1', { name: 'new' }, any)).rejects.toMatchObject(blocked);
    await expect(store.put('2', { name: 'new' }, absent)).rejects.toMatchObject(blocked);
    await expect(store.delete('1', any)).rejects.toMatchObject(blocked);
    expect(await store.get('1')).toMatchObject({ value: { name: 'old' } });
  });

  test('a table that is partitioned by the hash of its key', async () => {
    const table = newName();
    await opened.script(`CREATE TABLE "${table}" (key text PRIMARY KEY, title text, ${version}) PARTITION BY HASH (key);
      CREATE TABLE "${table}_0" PARTITION OF "${table}" FOR VALUES WITH (MODULUS 2, REMAINDER 0);
      CREATE TABLE "${table}_1" PARTITION OF "${table}" FOR VALUES WITH (MODULUS 2, REMAINDER 1)`);
    const store = storeOf<{ title: string }>({ table, modified: null, columns: ['title'] });
    for (const key of ['a', 'b', 'c', 'd']) {
      const { version } = (await store.put(key, { title: key }, absent)) as { version: string };
      expect(await store.put(key, { title: `${key}!` }, oneOf(version))).toMatchObject({ kind: 'updated' });
      expect(await store.get(key)).toMatchObject({ value: { title: `${key}!` } });
    }
  });

  describe('values', () => {
    interface Everything {
      count: number | null;
      price: string;
      done: boolean;
      at: Date;
      tags: string[];
      list: unknown;
      more: unknown;
      text?: string | null;
    }
    const table = newName();
    const columns = ['count', 'price', 'done', 'at', 'tags', 'list', 'more', 'text'] as const;
    const open = () => storeOf<Everything>({ table, columns });
    beforeAll(() =>
      run(`CREATE TABLE "${table}" (key text PRIMARY KEY, ${version}, modified timestamptz, count integer UNIQUE,
        price numeric(6, 2), done boolean, at timestamptz, tags text[], list jsonb, more json, text text)`),
    );
    const value: Everything = {
      count: 1,
      price: '9.90',
      done: false,
      at: new Date('2026-01-02T12:34:56.789Z'),
      tags: ['a', '"b"', '{}'],
      list: [],
      more: { a: [null, 'b'] },
      text: null,
    };

    test('are what the driver makes of the columns', async () => {
      const store = open();
      const created = await store.put('a', value, any);
      expect(created).toMatchObject({ kind: 'created', value });
      expect(await store.put('a', { ...value, count: 2 }, any)).toMatchObject({ value: { ...value, count: 2 } });
      const { kind, ...stored } = await store.put('a', value, any);
      expect(await store.get('a')).toEqual(stored);
    });

    test.each([[['a', 1]], ['text'], ['1'], [1], [true], [{ a: 1 }]])('%j goes into a column of JSON', async (json) => {
      const store = open();
      await store.put('json', { ...value, count: null, list: json, more: json }, any);
      expect((await store.get('json'))?.value).toMatchObject({ list: json, more: json });
    });

    test('that are not there are null', async () => {
      const store = open();
      const { text, ...rest } = value;
      await store.put('null', { ...rest, count: null, list: undefined, more: null }, any);
      expect((await store.get('null'))?.value).toMatchObject({ count: null, list: null, more: null, text: null });
    });

    test('come back as they are stored, not as they were sent', async () => {
      const store = open();
      const { kind, ...stored } = await store.put('round', { ...value, count: null, price: '1.005' }, any);
      expect(stored).toMatchObject({ value: { price: '1.01' } });
      expect(await store.get('round')).toEqual(stored);
    });

    test('that a column cannot hold are the error of PostgreSQL, and nothing is written', async () => {
      const store = open();
      const before = await store.get('a');
      const refused = { code: expect.stringMatching(/^22/) };
      await expect(store.put('a', { ...value, price: 'much' }, any)).rejects.toMatchObject(refused);
      await expect(store.put('a', { ...value, text: '\0' }, exists)).rejects.toMatchObject(refused);
      const current = oneOf(before?.version ?? '');
      await expect(store.put('a', { ...value, price: '10000' }, current)).rejects.toMatchObject(refused);
      expect(await store.put('a', { ...value, price: 'much' }, oneOf('1'))).toMatchObject({ kind: 'stale' });
      expect(await store.get('a')).toEqual(before);
    });

    test('that are there under another key are not taken for that key', async () => {
      const store = open();
      await store.put('b', { ...value, count: 7 }, any);
      await expect(store.put('c', { ...value, count: 7 }, any)).rejects.toMatchObject({ code: '23505' });
      expect(await store.get('c')).toBeNull();
    });
  });

  describe('the time of the last write', () => {
    test.each(['timestamptz', 'timestamptz(0)', 'timestamp in UTC'])('is that of a column of %s', async (type) => {
      const table = newName();
      const column = `changed ${type.replace(' in UTC', '')}`;
      await run(`CREATE TABLE "${table}" (key text PRIMARY KEY, ${version}, value json, ${column})`);
      const time = type.endsWith('UTC') ? ({ column: 'changed', type: 'utc' } as const) : 'changed';
      const store = storeOf<number>({ table, modified: time });
      const before = Date.now();
      const created = await store.put('a', 1, any);
      expect(created).toMatchObject({ modified: expect.any(Number) });
      const { modified = 0 } = (await store.get('a')) ?? {};
      expect(Math.abs(modified - before)).toBeLessThan(60_000);
      expect(created).toMatchObject({ modified });
    });

    test.each([
      ['timestamp', '2026-01-02 12:00:00'],
      ['timestamp(3)', '2026-01-02 12:00:00'],
      ['date', '2026-01-02'],
    ])(
      'as a member in a column of %s is refused until its type is said, and then keeps its day and hour',
      async (type, time) => {
        const table = newName();
        await run(`CREATE TABLE "${table}" (key text PRIMARY KEY, ${version}, due ${type})`);
        await run(`INSERT INTO "${table}" (key, due) VALUES ('a', '${time}')`);
        const untold = storeOf<{ due: Date }>({ table, modified: null, columns: ['due'] });
        await expect(untold.get('a')).rejects.toThrow("columns: { due: { column: 'due', type: 'date' } }");
        const told = storeOf<{ due: Date }>({ table, modified: null, columns: { due: { type: 'date' } } });
        // As a client sends back what it read.
        const read = JSON.parse(JSON.stringify(await told.get('a')));
        await told.put('a', read.value, any);
        expect(await run(`SELECT due::text FROM "${table}"`)).toEqual([[time]]);
      },
    );

    test('in a column without a zone is refused, to reads as well, until somebody says that it is UTC', async () => {
      const table = newName();
      await run(`CREATE TABLE "${table}" (key text PRIMARY KEY, ${version}, value json, changed timestamp)`);
      const store = storeOf<number>({ table, modified: 'changed' });
      await expect(store.get('a')).rejects.toThrow("type: 'utc'");
      const refusal = (await store.put('a', 1, any).catch((error: unknown) => error)) as Error;
      await run(refusal.message.slice(refusal.message.indexOf('ALTER TABLE')));
      expect(await store.put('a', 1, any)).toMatchObject({ kind: 'created' });
    });

    test('does not follow a clock that is set back', async () => {
      const table = newName();
      await run(`CREATE TABLE "${table}" (key text PRIMARY KEY, ${version}, value json, modified timestamptz)`);
      await run(`INSERT INTO "${table}" (key, modified) VALUES ('a', '2126-01-02 12:00:00.1239+00')`);
      const later = Date.UTC(2126, 0, 2, 12, 0, 0, 123);
      expect(await storeOf<number>({ table }).put('a', 1, exists)).toMatchObject({ modified: later });
    });
  });

  describe('a column of the version', () => {
    test.each([
      'integer GENERATED ALWAYS AS IDENTITY',
      'uuid NOT NULL DEFAULT gen_random_uuid()',
      'text NOT NULL DEFAULT gen_random_uuid()',
      'varchar(36) NOT NULL DEFAULT gen_random_uuid()',
    ])('may be %s', async (type) => {
      const table = newName();
      await run(`CREATE TABLE "${table}" (key text PRIMARY KEY, value json, version ${type})`);
      const store = storeOf<number>({ table, modified: null });
      const created = await store.put('a', 1, any);
      const updated = await store.put('a', 2, any);
      expect([created.kind, updated.kind]).toEqual(['created', 'updated']);
      expect(created).not.toMatchObject({ version: 'version' in updated && updated.version });
    });

    test.each([
      ['is not there', 'wrong integer'],
      ['counts from 1', 'version integer NOT NULL DEFAULT 1'],
      ['has no default', 'version bigint NOT NULL'],
      ['may be null', 'version uuid DEFAULT gen_random_uuid()'],
      ['is a time', 'version timestamptz NOT NULL DEFAULT now()'],
      ['is text', "version text NOT NULL DEFAULT ''"],
      ['is short text', "version varchar(20) NOT NULL DEFAULT ''"],
      ['has a sequence that others can overtake', 'version integer GENERATED BY DEFAULT AS IDENTITY'],
      ['is serial', 'version bigserial'],
    ])('that %s is refused with the SQL that mends it', async (_, column) => {
      const table = newName();
      await run(`CREATE TABLE "${table}" (key text PRIMARY KEY, value json, ${column})`);
      if (!column.endsWith('bigint NOT NULL')) await run(`INSERT INTO "${table}" (key, value) VALUES ('a', '1')`);
      const store = storeOf<number>({ table, modified: null });
      const refusal = (await store.put('b', 1, any).catch((error: unknown) => error)) as Error;
      expect(refusal).toBeInstanceOf(Error);
      await expect(store.delete('a', any)).rejects.toThrow('ALTER TABLE');
      expect(await run(`SELECT key FROM "${table}" WHERE key = 'b'`)).toEqual([]);
      const [before] = await run(`SELECT * FROM "${table}"`);
      await opened.script(refusal.message.slice(refusal.message.indexOf('ALTER TABLE')));
      // What other programs read is what it was.
      const [after] = await run(`SELECT * FROM "${table}"`);
      if (before) expect(after?.slice(0, before.length)).toEqual(before);
      const other = refusal.message.includes('etag_version') ? { version: 'etag_version' } : {};
      if (column.endsWith('bigint NOT NULL')) await run(`ALTER TABLE "${table}" ALTER version SET DEFAULT 0`);
      const mended = storeOf<number>({ table, modified: null, ...other });
      const { version } = (await mended.put('b', 1, any)) as { version: string };
      expect(await mended.put('b', 2, oneOf(version))).toMatchObject({ kind: 'updated' });
      // Another program, which knows nothing of the version, changes it.
      await run(`UPDATE "${table}" SET value = '3' WHERE key = 'b'`);
      expect((await mended.get('b'))?.version).not.toBe(version);
    });

    test('of a table that is not there is the error of PostgreSQL', async () => {
      const store = storeOf<number>({ table: 'nowhere' });
      await expect(store.put('a', 1, any)).rejects.toMatchObject({ code: '42P01' });
    });
  });

  test.each([
    ['has no index', () => ''],
    ['is unique among some', (table: string) => `CREATE UNIQUE INDEX ON "${table}" (id) WHERE id < 'b'`],
    ['is unique together with another', (table: string) => `CREATE UNIQUE INDEX ON "${table}" (id, value)`],
  ])('a key that %s is refused with the SQL that mends it', async (_, index) => {
    const table = newName();
    await run(`CREATE TABLE "${table}" (id text, value text, ${version})`);
    if (index(table)) await run(index(table));
    const store = storeOf<{ value: string }>({ table, key: 'id', modified: null, columns: ['value'] });
    const refusal = (await store.put('a', { value: 'b' }, any).catch((error: unknown) => error)) as Error;
    expect(refusal.message).toMatch(/Two rows could have one key/);
    await run(refusal.message.slice(refusal.message.indexOf('ALTER TABLE')));
    expect(await store.put('a', { value: 'b' }, any)).toMatchObject({ kind: 'created' });
  });

  test('is given what the store needs, and new versions when other statements change it', async () => {
    const schema = newName();
    const options = {
      table: `${schema}.notes`,
      key: 'id',
      version: 'rev',
      modified: 'at',
      columns: ['title'] as const,
    };
    await run(`CREATE SCHEMA "${schema}"`);
    await run(`CREATE TABLE "${schema}".notes (id integer PRIMARY KEY, title text)`);
    await run(`INSERT INTO "${schema}".notes SELECT id, 'old' FROM generate_series(1, 3) AS id`);
    await opened.script(postgresTable(options));

    const store = storeOf<{ title: string }>(options);
    const before = await Promise.all(['1', '2', '3'].map(async (key) => (await store.get(key))?.version));
    expect(new Set(before).size).toBe(3);
    const written = await store.put('1', { title: 'new' }, oneOf(before[0] ?? ''));
    expect(written).toMatchObject({ kind: 'updated', modified: expect.any(Number) });
    expect(await store.get('1')).toMatchObject({ version: (written as { version: string }).version });

    await run(`UPDATE "${schema}".notes SET title = 'theirs'`);
    for (const [index, key] of ['1', '2', '3'].entries()) {
      const { version, modified = 0, value } = (await store.get(key)) ?? {};
      expect(value).toEqual({ title: 'theirs' });
      expect([before[index], (written as { version: string }).version]).not.toContain(version);
      expect(Math.abs(modified - Date.now())).toBeLessThan(60_000);
    }
  });
});
