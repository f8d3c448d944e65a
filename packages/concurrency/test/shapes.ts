import {
  absent,
  any,
  exists,
  oneOf,
  replace,
  type TableOptions,
  type TableStore,
  update,
  type VersionedStore,
} from '@etag/concurrency';
import { testVersionedStore } from '@etag/concurrency/testing';
import { beforeAll, describe, expect, test } from 'vitest';
import { brokenLaws } from './broken-laws.ts';

/** A database of an application, and how its columns are declared. */
export interface Database {
  /** Runs several statements. */
  script(sql: string): Promise<unknown>;
  /** What a query gives. */
  rows(sql: string): Promise<Record<string, unknown>[]>;
  storeOf<T>(options: TableOptions<T>): TableStore<T>;
  /** A key as long as the contract has them, and any text that is JSON. */
  readonly key: string;
  readonly document?: string;
  /** How many writers there are of each side, where they race. @default 32 */
  readonly writers?: number;
  /** How many rows a statement of an ORM has changed, by its own connection. */
  change(sql: string): Promise<number>;
  readonly types: {
    /** A key that the database makes, with PRIMARY KEY. */
    readonly serial: string;
    readonly integer: string;
    readonly text: string;
    /** Text of up to 20 characters, in whose column A is a. */
    readonly foldedText: string;
    readonly boolean: string;
    readonly json: string;
    readonly bigint: string;
    readonly decimal: string;
    readonly date: string;
    /** A time that an application keeps of the last write, with what fills it. */
    readonly updatedAt: string;
    readonly deletedAt: string;
    readonly uuid: string;
  };
  /** Declares a column that is computed. */
  generated(column: string, expression: string): string;
  /** Gives every row that is updated a new version, whoever updates it. */
  versionTrigger(table: string, key: string, version: string): string;
}

/** The tables that applications have, each of which a store takes as it is. */
export function testShapes(open: () => Promise<Database>): void {
  let db: Database;
  let tables = 0;
  const newTable = () => `shape_${tables++}`;
  beforeAll(async () => {
    db = await open();
  }, 60_000);

  /** What a store says when it is opened, or else at its first read. */
  async function refusal<T>(options: TableOptions<T>, key: string | string[] = '1'): Promise<string> {
    try {
      await db.storeOf(options).get(key);
    } catch (error) {
      return (error as Error).message;
    }
    throw new Error('The store takes the table');
  }

  test('columns of their own names', async () => {
    interface Person {
      firstName: string;
      born: number | null;
    }
    const table = newTable();
    await db.script(`CREATE TABLE ${table} (person_id ${db.types.text} PRIMARY KEY, first_name ${db.types.text},
      year_of_birth ${db.types.integer}, row_version ${db.types.integer} NOT NULL DEFAULT 1)`);
    const people = db.storeOf<Person>({
      table,
      key: 'person_id',
      version: { column: 'row_version', type: 'integer', keys: 'never-reused' },
      modified: null,
      columns: { firstName: 'first_name', born: 'year_of_birth' },
    });
    const ada = { firstName: 'Ada', born: 1815 };
    expect(await people.put('1', ada, absent)).toMatchObject({ kind: 'created', version: '1', value: ada });
    expect(await people.get('1')).toEqual({ version: '1', value: ada });
    expect(await db.rows(`SELECT person_id, first_name, year_of_birth, row_version FROM ${table}`)).toEqual([
      { person_id: '1', first_name: 'Ada', year_of_birth: 1815, row_version: 1 },
    ]);
  });

  describe('an integer version, which every program counts', () => {
    const integer = { column: 'version', type: 'integer', keys: 'never-reused' } as const;
    const create = async () => {
      const table = newTable();
      await db.script(`CREATE TABLE ${table} (id ${db.types.integer} PRIMARY KEY, n ${db.types.integer} NOT NULL,
        version ${db.types.integer} NOT NULL DEFAULT 1)`);
      await db.script(`INSERT INTO ${table} (id, n) VALUES (1, 0)`);
      const options = { table, key: 'id', modified: null, columns: ['n'] } as const;
      const open = () => db.storeOf<{ n: number }>({ ...options, version: integer });
      const orm = (n: number, version: number) =>
        db.change(`UPDATE ${table} SET n = ${n}, version = version + 1 WHERE id = 1 AND version = ${version}`);
      return { table, options, open, orm };
    };

    test('guards the writes of the store and of the others against one another', async () => {
      const { open, orm, table } = await create();
      const store = open();
      const { version = '' } = (await store.get('1')) ?? {};
      expect(version).toBe('1');
      expect(await orm(1, 1)).toBe(1);
      expect(await store.put('1', { n: 2 }, oneOf(version))).toMatchObject({
        kind: 'stale',
        current: { version: '2' },
      });
      expect(await store.put('1', { n: 2 }, oneOf('2'))).toMatchObject({
        kind: 'updated',
        version: '3',
        value: { n: 2 },
      });
      expect(await orm(3, 2)).toBe(0);
      expect(await store.put('1', { n: 4 }, any)).toMatchObject({ kind: 'updated', version: '4' });
      expect(await store.get('1')).toEqual({ version: '4', value: { n: 4 } });
      for (const other of ['04', '4.0', ' 4', '4 ', '+4', 'four', '4e0'])
        expect(await store.put('1', { n: 5 }, oneOf(other))).toMatchObject({ kind: 'stale' });
      expect(await db.rows(`SELECT n, version FROM ${table}`)).toEqual([{ n: 4, version: 4 }]);
      expect(await store.delete('1', oneOf('3'))).toMatchObject({ kind: 'stale' });
      expect(await store.delete('1', oneOf('4'))).toEqual({ kind: 'deleted' });
    });

    test('loses none of the increments of many writers of each side', async () => {
      const { open, orm, table } = await create();
      const store = open();
      const ours = async () => {
        while ((await update(store, '1', ({ n }) => ({ n: n + 1 }), any, { attempts: 1000 })).kind !== 'updated');
      };
      const theirs = async () => {
        for (let isDone = false; !isDone; ) {
          const [row] = await db.rows(`SELECT n, version FROM ${table}`);
          isDone = (await orm(Number(row?.n) + 1, Number(row?.version))) === 1;
        }
      };
      const { writers = 32 } = db;
      await Promise.all(Array.from({ length: writers }, () => [ours(), theirs()]).flat());
      const total = 2 * writers;
      expect(await db.rows(`SELECT n, version FROM ${table}`)).toEqual([{ n: total, version: total + 1 }]);
    });

    test('is refused where keys may come back, and so are reads, unless somebody says that they do not', async () => {
      const { options } = await create();
      const version = { column: 'version', type: 'integer' } as const;
      expect(await refusal<{ n: number }>({ ...options, version })).toContain("keys: 'never-reused'");
    });

    test('is not overwritten with something else', async () => {
      const { table, options } = await create();
      const message = await refusal<{ n: number }>(options);
      expect(message).toContain('A version could repeat');
      expect(message).toContain("version: { column: 'version', type: 'integer' }");
      const put = async () => db.storeOf<{ n: number }>(options).put('1', { n: 1 }, any);
      await expect(put()).rejects.toThrow(message);
      const remove = async () => db.storeOf<{ n: number }>(options).delete('1', any);
      await expect(remove()).rejects.toThrow(message);
      expect(await db.rows(`SELECT n, version FROM ${table}`)).toEqual([{ n: 0, version: 1 }]);
    });
  });

  test('the time of the last write as a version: refused, with SQL that leaves it to the others', async () => {
    const table = newTable();
    await db.script(
      `CREATE TABLE ${table} (id ${db.types.text} PRIMARY KEY, title ${db.types.text}, updated_at ${db.types.updatedAt})`,
    );
    await db.script(`INSERT INTO ${table} (id, title) VALUES ('1', 'old')`);
    const options = { table, key: 'id', modified: null, columns: ['title'] } as const;
    const message = await refusal<{ title: string }>({ ...options, version: 'updated_at' });
    expect(message).toContain('two writes can have the same');
    await db.script(message.slice(message.search(/^ALTER/m)));
    const store = db.storeOf<{ title: string }>({ ...options, version: 'etag_version' });
    const { version = '' } = (await store.get('1')) ?? {};
    await db.script(`UPDATE ${table} SET title = 'theirs'`);
    expect(await store.put('1', { title: 'lost' }, oneOf(version))).toMatchObject({ kind: 'stale' });
    expect(await store.put('1', { title: 'new' }, exists)).toMatchObject({ kind: 'updated' });
  });

  test('the time of the last write as modified', async () => {
    const table = newTable();
    await db.script(`CREATE TABLE ${table} (id ${db.types.text} PRIMARY KEY, title ${db.types.text},
      version ${db.types.integer} NOT NULL DEFAULT 1, updated_at ${db.types.updatedAt})`);
    await db.script(`INSERT INTO ${table} (id, title) VALUES ('1', 'old')`);
    const store = db.storeOf<{ title: string }>({
      table,
      key: 'id',
      version: { column: 'version', type: 'integer', keys: 'never-reused' },
      modified: 'updated_at',
      columns: ['title'],
    });
    const now = Math.floor(Date.now() / 1000) * 1000;
    const { modified = 0 } = (await store.get('1')) ?? {};
    expect(Math.abs(modified - now)).toBeLessThan(10_000);
    const written = await store.put('1', { title: 'new' }, { unmodifiedSince: modified });
    expect(written).toMatchObject({ kind: 'updated', modified: expect.any(Number) });
    const { kind, ...stored } = written;
    expect(await store.get('1')).toEqual(stored);
    expect(await store.put('1', { title: 'lost' }, { unmodifiedSince: modified - 60_000 })).toMatchObject({
      kind: 'stale',
    });
  });

  test('a trigger that gives a new version: it is what the write returns', async () => {
    const table = newTable();
    await db.script(
      `CREATE TABLE ${table} (id ${db.types.uuid} PRIMARY KEY, title ${db.types.text}, revision ${db.types.uuid} NOT NULL)`,
    );
    const id = crypto.randomUUID();
    await db.script(`INSERT INTO ${table} VALUES ('${id}', 'old', '${crypto.randomUUID()}')`);
    await db.script(db.versionTrigger(table, 'id', 'revision'));
    const options = { table, key: 'id', version: 'revision', modified: null, columns: ['title'] } as const;
    // PostgreSQL asks for a default, which others need where they insert.
    const mend = await refusal<{ title: string }>(options, id).catch(() => '');
    if (mend) await db.script(mend.slice(mend.search(/^ALTER/m)));
    const store = db.storeOf<{ title: string }>(options);
    const { version = '' } = (await store.get(id)) ?? {};
    const { kind, ...written } = await store.put(id, { title: 'new' }, oneOf(version));
    expect(kind).toBe('updated');
    expect(await store.get(id)).toEqual(written);
    const again = await store.put(id, { title: 'newer' }, oneOf((written as { version: string }).version));
    expect(again).toMatchObject({ kind: 'updated' });
    expect((await db.rows(`SELECT revision FROM ${table}`))[0]?.revision).toBe((again as { version: string }).version);
  });

  test('generated, defaulted and read-only columns', async () => {
    interface Line {
      price: number;
      amount: number;
      total?: number;
      createdBy?: string;
    }
    const table = newTable();
    await db.script(`CREATE TABLE ${table} (id ${db.types.text} PRIMARY KEY, price ${db.types.integer}, amount ${db.types.integer},
      ${db.generated('total', 'price * amount')}, created_by ${db.types.text} DEFAULT 'the database',
      version ${db.types.integer} NOT NULL DEFAULT 1)`);
    const lines = db.storeOf<Line>({
      table,
      key: 'id',
      version: { column: 'version', type: 'integer', keys: 'never-reused' },
      modified: null,
      columns: {
        price: 'price',
        amount: 'amount',
        total: 'total',
        createdBy: { column: 'created_by', readOnly: true },
      },
    });
    const created = await lines.put('1', { price: 3, amount: 2 }, absent);
    const value = { price: 3, amount: 2, total: 6, createdBy: 'the database' };
    expect(created).toMatchObject({ kind: 'created', value });
    // What was read is put back with a change, and what cannot be changed is left alone.
    const updated = await update(lines, '1', (line) => ({ ...line, amount: 5 }), any);
    expect(updated).toMatchObject({ kind: 'updated', value: { ...value, amount: 5, total: 15 } });
    expect(await lines.get('1')).toMatchObject({ value: { ...value, amount: 5, total: 15 } });
    const again = await replace(lines, '1', { price: 3, amount: 5 }, oneOf('1'), { alreadyApplied: true });
    expect(again.kind).toBe('already-applied');
  });

  test('soft delete: a deleted row is nothing, and when it comes back no old version fits', async () => {
    const table = newTable();
    await db.script(`CREATE TABLE ${table} (id ${db.types.text} PRIMARY KEY, title ${db.types.text}, deleted_at ${db.types.deletedAt},
      version ${db.types.integer} NOT NULL DEFAULT 1)`);
    const store = db.storeOf<{ title: string }>({
      table,
      key: 'id',
      version: { column: 'version', type: 'integer' },
      modified: null,
      deleted: 'deleted_at',
      columns: ['title'],
    });
    expect(await store.put('1', { title: 'first' }, absent)).toMatchObject({ kind: 'created', version: '1' });
    expect(await store.delete('1', oneOf('1'))).toEqual({ kind: 'deleted' });
    expect(await store.get('1')).toBeNull();
    expect(await store.state('1')).toBeNull();
    expect(await store.delete('1', any)).toMatchObject({ kind: 'missing' });
    expect(await store.put('1', { title: 'lost' }, exists)).toMatchObject({ kind: 'missing' });
    const [kept] = await db.rows(`SELECT title, deleted_at FROM ${table}`);
    expect(kept).toMatchObject({ title: 'first', deleted_at: expect.anything() });
    const { version } = (await store.put('1', { title: 'second' }, absent)) as { version: string };
    expect(Number(version)).toBeGreaterThan(1);
    expect(await store.get('1')).toEqual({ version, value: { title: 'second' } });
    expect(await store.put('1', { title: 'lost' }, oneOf('1'))).toMatchObject({ kind: 'stale' });
    expect(await store.put('1', { title: 'lost' }, absent)).toMatchObject({ kind: 'exists' });
    expect(await db.rows(`SELECT title, deleted_at FROM ${table}`)).toEqual([{ title: 'second', deleted_at: null }]);
  });

  describe('what all rows have in common', () => {
    const version = { column: 'version', type: 'integer', keys: 'never-reused' } as const;
    const create = async (column: string) => {
      const table = newTable();
      await db.script(`CREATE TABLE ${table} (id ${db.types.integer} NOT NULL, common ${column} NOT NULL, body ${db.types.text},
        deleted_at ${db.types.deletedAt}, version ${db.types.integer} NOT NULL DEFAULT 1, PRIMARY KEY (common, id))`);
      return table;
    };
    const options = { key: 'id', version, modified: null, columns: ['body'] } as const;
    const bodies = async (table: string) =>
      (await db.rows(`SELECT common, body FROM ${table} ORDER BY body`)).map(Object.values);

    test('is compared character by character, though its column is not', async () => {
      const table = await create(db.types.foldedText);
      const of = (common: string) => db.storeOf<{ body: string }>({ table, ...options, where: { common } });
      const { version = '' } = (await of('ACME').put('1', { body: 'theirs' }, absent)) as { version?: string };
      const ours = of('acme');
      expect(await ours.get('1')).toBeNull();
      expect(await ours.put('1', { body: 'ours' }, oneOf(version))).toMatchObject({ kind: 'missing' });
      expect(await ours.delete('1', any)).toMatchObject({ kind: 'missing' });
      await expect(ours.put('1', { body: 'ours' }, absent)).rejects.toThrow(Error);
      expect(await bodies(table)).toEqual([['ACME', 'theirs']]);
    });

    test('brings no row back that was deleted for another', async () => {
      const table = await create(db.types.foldedText);
      const kept = { ...options, version: { column: 'version', type: 'integer' }, deleted: 'deleted_at' } as const;
      const of = (common: string) => db.storeOf<{ body: string }>({ table, ...kept, where: { common } });
      await of('ACME').put('1', { body: 'theirs' }, absent);
      await of('ACME').delete('1', any);
      await expect(of('acme').put('1', { body: 'ours' }, absent)).rejects.toThrow(Error);
      expect(await bodies(table)).toEqual([['ACME', 'theirs']]);
    });

    test('is a boolean in every driver, and a number in a column of text', async () => {
      const flags = await create(db.types.boolean);
      const published = db.storeOf<{ body: string }>({ table: flags, ...options, where: { common: true } });
      const others = db.storeOf<{ body: string }>({ table: flags, ...options, where: { common: false } });
      expect(await published.put('1', { body: 'on' }, absent)).toMatchObject({ kind: 'created' });
      expect(await published.get('1')).toMatchObject({ value: { body: 'on' } });
      expect(await others.get('1')).toBeNull();

      const codes = await create(db.types.foldedText);
      await db.script(`INSERT INTO ${codes} (id, common, body) VALUES (1, '7a', 'of 7a')`);
      const seven = db.storeOf<{ body: string }>({ table: codes, ...options, where: { common: 7 } });
      expect(await seven.get('1')).toBeNull();
      expect(await seven.put('1', { body: 'of 7' }, absent)).toMatchObject({ kind: 'created' });
      expect(await seven.get('1')).toMatchObject({ value: { body: 'of 7' } });
    });

    test.each([undefined, null, Number.NaN, {}, '\ud800'])('is not %o', (common) => {
      const where = { common } as unknown as Record<string, string>;
      expect(() => db.storeOf({ table: 'any', ...options, where })).toThrow(TypeError);
    });
  });

  test('a number beyond 2^53 is not rounded by a read, and not by the write that follows', async () => {
    interface Post {
      author: number;
      title: string;
    }
    const table = newTable();
    await db.script(`CREATE TABLE ${table} (id ${db.types.text} PRIMARY KEY, author ${db.types.bigint}, title ${db.types.text},
      version ${db.types.integer} NOT NULL DEFAULT 1)`);
    await db.script(`INSERT INTO ${table} (id, author, title) VALUES ('1', 9007199254740993, 'old')`);
    const store = db.storeOf<Post>({
      table,
      key: 'id',
      version: { column: 'version', type: 'integer', keys: 'never-reused' },
      modified: null,
      columns: ['author', 'title'],
    });
    // Some drivers give text, which is written as it was read; others throw by themselves.
    await update(store, '1', (post) => ({ ...post, title: 'new' }), any).catch((error) => {
      expect(error).toBeInstanceOf(Error);
    });
    const author = db.types.bigint === 'BIGINT' ? 'CAST(author AS CHAR)' : 'CAST(author AS TEXT)';
    expect(await db.rows(`SELECT ${author} AS author FROM ${table}`)).toEqual([{ author: '9007199254740993' }]);
    await expect(store.put('1', { author: 2 ** 60, title: 'new' }, any)).rejects.toThrow(/2\^53|rounded/);
  });

  test('a row without a count is an error to reads and writes alike, which leave it alone', async () => {
    const table = newTable();
    await db.script(
      `CREATE TABLE ${table} (id ${db.types.text} PRIMARY KEY, title ${db.types.text}, version ${db.types.integer})`,
    );
    await db.script(`INSERT INTO ${table} (id, title, version) VALUES ('1', 'old', NULL)`);
    const store = db.storeOf<{ title: string }>({
      table,
      key: 'id',
      version: { column: 'version', type: 'integer', keys: 'never-reused' },
      modified: null,
      columns: ['title'],
    });
    await expect(store.get('1')).rejects.toThrow('has no version');
    await expect(store.put('1', { title: 'new' }, any)).rejects.toThrow('has no version');
    expect(await db.rows(`SELECT title, version FROM ${table}`)).toEqual([{ title: 'old', version: null }]);
  });

  test('a key that the database does not make, or of several columns, is not made by an insertion', async () => {
    const table = newTable();
    await db.script(`CREATE TABLE ${table} (id ${db.types.text} UNIQUE, part ${db.types.text}, title ${db.types.text},
      version ${db.types.integer} NOT NULL DEFAULT 1, UNIQUE (id, part))`);
    const version = { column: 'version', type: 'integer', keys: 'never-reused' } as const;
    const options = { table, version, modified: null, columns: ['title'] } as const;
    for (const key of ['id', ['id', 'part']]) {
      const store = db.storeOf<{ title: string }>({ ...options, key });
      await expect(store.insert({ title: 'lost' })).rejects.toThrow(TypeError);
    }
    expect(await db.rows(`SELECT id FROM ${table}`)).toEqual([]);
  });

  test('a view is refused, and told from the table that it shows', async () => {
    const table = newTable();
    await db.script(`CREATE TABLE ${table} (id ${db.types.integer} PRIMARY KEY, title ${db.types.text},
      version ${db.types.integer} NOT NULL DEFAULT 1)`);
    await db.script(`CREATE VIEW ${table}_view AS SELECT * FROM ${table}`);
    const version = { column: 'version', type: 'integer', keys: 'never-reused' } as const;
    const refused = await refusal({ table: `${table}_view`, key: 'id', version, modified: null, columns: ['title'] });
    expect(refused).toMatch(/is a view.*Name the table/);
    expect(refused).not.toMatch(/ALTER|CREATE/);
  });

  test('a key that is computed is refused', async () => {
    const table = newTable();
    await db.script(`CREATE TABLE ${table} (n ${db.types.integer} NOT NULL, ${db.generated('id', 'n + 1')} UNIQUE,
      title ${db.types.text}, version ${db.types.integer} NOT NULL DEFAULT 1)`);
    const version = { column: 'version', type: 'integer', keys: 'never-reused' } as const;
    expect(await refusal({ table, key: 'id', version, modified: null, columns: ['title'] })).toContain(
      'id is computed',
    );
  });

  test('a lone surrogate is a TypeError, since drivers would send another character', async () => {
    const table = newTable();
    await db.script(
      `CREATE TABLE ${table} (id ${db.types.text} PRIMARY KEY, title ${db.types.text}, version ${db.types.integer} NOT NULL DEFAULT 1)`,
    );
    const version = { column: 'version', type: 'integer', keys: 'never-reused' } as const;
    const store = db.storeOf<{ title: string }>({ table, key: 'id', version, modified: null, columns: ['title'] });
    await expect(store.put('1', { title: 'a\ud800' }, any)).rejects.toThrow(TypeError);
    expect(await store.get('1')).toBeNull();
  });

  describe('a key that is unique together with a tenant', () => {
    interface Page {
      body: string;
    }
    const version = { column: 'version', type: 'integer', keys: 'never-reused' } as const;
    const create = async () => {
      const table = newTable();
      await db.script(`CREATE TABLE ${table} (site ${db.types.integer}, slug ${db.types.text}, body ${db.types.text},
        version ${db.types.integer} NOT NULL DEFAULT 1, PRIMARY KEY (site, slug))`);
      await db.script(`INSERT INTO ${table} (site, slug, body) VALUES (1, 'home', 'of 1')`);
      await db.script(`INSERT INTO ${table} (site, slug, body) VALUES (2, 'home', 'private to 2')`);
      return table;
    };
    const bodies = async (table: string) =>
      (await db.rows(`SELECT site, slug, body FROM ${table} ORDER BY site, slug`)).map(Object.values);

    test('is refused by itself, to reads as well: one tenant would be shown the page of another', async () => {
      const table = await create();
      const message = await refusal<Page>({ table, key: 'slug', version, modified: null, columns: ['body'] }, 'home');
      expect(message).toContain('Two rows could have one key');
      expect(message).toContain("key: ['site', 'slug']");
      expect(message).toContain('where: { site: … }');
      expect(await bodies(table)).toEqual([
        [1, 'home', 'of 1'],
        [2, 'home', 'private to 2'],
      ]);
    });

    test('is a list of both', async () => {
      const table = await create();
      const pages = db.storeOf<Page>({ table, key: ['site', 'slug'], version, modified: null, columns: ['body'] });
      expect(await pages.get(['2', 'home'])).toMatchObject({ value: { body: 'private to 2' } });
      expect(await pages.put(['1', 'home'], { body: 'new' }, oneOf('1'))).toMatchObject({ kind: 'updated' });
      expect(await pages.put(['1', 'about'], { body: 'about' }, absent)).toMatchObject({ kind: 'created' });
      expect(await pages.put(['1', 'about'], { body: 'lost' }, absent)).toMatchObject({ kind: 'exists' });
      expect(await pages.delete(['2', 'about'], any)).toMatchObject({ kind: 'missing' });
      expect(await bodies(table)).toEqual([
        [1, 'about', 'about'],
        [1, 'home', 'new'],
        [2, 'home', 'private to 2'],
      ]);
      for (const slip of ['home', ['home'], ['1', 'home', 'x'], [1, 'home']] as unknown as string[][])
        await expect(pages.get(slip)).rejects.toThrow(TypeError);
    });

    test('is the rest of it where the tenant is always the same', async () => {
      const table = await create();
      const pages = db.storeOf<Page>({
        table,
        key: 'slug',
        where: { site: 1 },
        version,
        modified: null,
        columns: ['body'],
      });
      expect(await pages.get('home')).toMatchObject({ value: { body: 'of 1' } });
      expect(await pages.put('home', { body: 'new' }, oneOf('1'))).toMatchObject({ kind: 'updated' });
      expect(await pages.put('about', { body: 'about' }, absent)).toMatchObject({ kind: 'created' });
      expect(await pages.delete('home', exists)).toEqual({ kind: 'deleted' });
      expect(await pages.delete('home', any)).toMatchObject({ kind: 'missing' });
      expect(await bodies(table)).toEqual([
        [1, 'about', 'about'],
        [2, 'home', 'private to 2'],
      ]);
    });
  });

  test('keys that are UUIDs, in one form', async () => {
    const table = newTable();
    await db.script(`CREATE TABLE ${table} (id ${db.types.uuid} PRIMARY KEY, title ${db.types.text},
      version ${db.types.integer} NOT NULL DEFAULT 1)`);
    const store = db.storeOf<{ title: string }>({
      table,
      key: 'id',
      version: { column: 'version', type: 'integer', keys: 'never-reused' },
      modified: null,
      columns: ['title'],
    });
    const id = '0b21f7c0-3b5e-4b0e-9b0a-0d1c2e3f4a5b';
    expect(await store.put(id, { title: 'a' }, absent)).toMatchObject({ kind: 'created' });
    expect(await store.get(id)).toMatchObject({ value: { title: 'a' } });
    for (const other of [id.toUpperCase(), `{${id}}`, id.replaceAll('-', '')]) {
      expect(await store.get(other)).toBeNull();
      expect(await store.delete(other, any)).toMatchObject({ kind: 'missing' });
    }
  });

  test('a key that the database makes', async () => {
    interface Task {
      id?: number;
      title: string;
    }
    const table = newTable();
    await db.script(
      `CREATE TABLE ${table} (id ${db.types.serial}, title ${db.types.text}, version ${db.types.integer} NOT NULL DEFAULT 1)`,
    );
    const tasks = db.storeOf<Task>({
      table,
      key: 'id',
      version: { column: 'version', type: 'integer', keys: 'never-reused' },
      modified: null,
      columns: ['id', 'title'],
    });
    const made = await tasks.insert({ title: 'tea' });
    expect(made).toMatchObject({ kind: 'created', version: '1', value: { title: 'tea' } });
    expect(made.key).toMatch(/^[1-9]\d*$/);
    expect(await tasks.get(made.key)).toEqual({ version: made.version, value: made.value });
    const other = await tasks.insert({ title: 'milk' });
    expect(other.key).not.toBe(made.key);
    expect(await tasks.put(made.key, { title: 'green tea' }, oneOf('1'))).toMatchObject({
      kind: 'updated',
      version: '2',
    });
    expect(await tasks.get('007')).toBeNull();
  });

  describe('a key of which the database makes a part', () => {
    interface Task {
      org?: string | null;
      id?: number;
      title: string;
    }
    const version = { column: 'version', type: 'integer', keys: 'never-reused' } as const;
    const create = async () => {
      const table = newTable();
      await db.script(`CREATE TABLE ${table} (org ${db.types.text} NOT NULL, id ${db.types.serial}, title ${db.types.text},
        version ${db.types.integer} NOT NULL DEFAULT 1, UNIQUE (org, id))`);
      const options = { table, key: ['org', 'id'], version, modified: null } as const;
      return { table, tasks: db.storeOf<Task>({ ...options, columns: ['org', 'id', 'title'] }), options };
    };

    test('is a list, of which the value has the other', async () => {
      const { tasks } = await create();
      const made = await tasks.insert({ org: 'acme', title: 'tea' });
      expect(made).toMatchObject({ kind: 'created', version: '1', value: { org: 'acme', title: 'tea' } });
      expect(made.key).toEqual(['acme', String(made.value.id)]);
      expect(await tasks.get(made.key)).toEqual({ version: '1', value: made.value });
      const other = await tasks.insert({ org: 'other', title: 'milk' });
      expect(other.key).toEqual(['other', expect.not.stringMatching(String(made.value.id))]);
      expect(await tasks.put(made.key, { title: 'green tea' }, oneOf('1'))).toMatchObject({ version: '2' });
      expect(await tasks.get(['other', String(made.value.id)])).toBeNull();
    });

    test('is not made where the value has all of it, or lacks what nothing makes', async () => {
      const { table, tasks, options } = await create();
      await expect(tasks.insert({ org: 'acme', id: 7, title: 'a' })).rejects.toThrow(TypeError);
      await expect(tasks.insert({ org: '\ud800', title: 'a' })).rejects.toThrow(TypeError);
      await expect(tasks.insert({ title: 'a' })).rejects.toThrow();
      await expect(tasks.insert({ org: null, title: 'a' })).rejects.toThrow();
      await expect(db.storeOf<Task>({ ...options, columns: ['title'] }).insert({ title: 'a' })).rejects.toThrow();
      expect(await db.rows(`SELECT id FROM ${table}`)).toEqual([]);
    });
  });

  test('the key as a member of the value', async () => {
    interface Item {
      id: string;
      title: string;
    }
    const table = newTable();
    await db.script(
      `CREATE TABLE ${table} (id ${db.types.text} PRIMARY KEY, title ${db.types.text}, version ${db.types.integer} NOT NULL DEFAULT 1)`,
    );
    const items = db.storeOf<Item>({
      table,
      key: 'id',
      version: { column: 'version', type: 'integer', keys: 'never-reused' },
      modified: null,
      columns: ['id', 'title'],
    });
    const value = { id: 'a', title: 'first' };
    expect(await items.put('a', value, absent)).toMatchObject({ kind: 'created', value });
    expect(await items.get('a')).toMatchObject({ value });
    expect(await items.put('a', { title: 'second' } as Item, any)).toMatchObject({
      value: { id: 'a', title: 'second' },
    });
    await expect(items.put('a', { id: 'b', title: 'lost' }, any)).rejects.toThrow(TypeError);
    expect(await items.get('a')).toMatchObject({ value: { id: 'a', title: 'second' } });
    expect(await replace(items, 'a', { id: 'a', title: 'second' }, absent, { alreadyApplied: true })).toMatchObject({
      kind: 'already-applied',
    });
  });

  test('JSON, booleans, dates, decimals and bigints: what was put is what is got', async () => {
    interface Everything {
      tags: unknown;
      done: boolean | null;
      due: Date | null;
      price: number | null;
      views: bigint | null;
    }
    const table = newTable();
    await db.script(`CREATE TABLE ${table} (id ${db.types.text} PRIMARY KEY, tags ${db.types.json}, done ${db.types.boolean},
      due ${db.types.date}, price ${db.types.decimal}, views ${db.types.bigint}, version ${db.types.integer} NOT NULL DEFAULT 1)`);
    const store = db.storeOf<Everything>({
      table,
      key: 'id',
      version: { column: 'version', type: 'integer', keys: 'never-reused' },
      modified: null,
      columns: {
        tags: { type: 'json' },
        done: { type: 'boolean' },
        due: { type: 'date' },
        price: { type: 'number' },
        views: { type: 'bigint' },
      },
    });
    const values: Everything[] = [
      {
        tags: ['a', { b: null }],
        done: true,
        due: new Date('2026-01-02T12:34:56.000Z'),
        price: 9.5,
        views: 9_007_199_254_740_993n,
      },
      { tags: 'text', done: false, due: new Date(0), price: -1, views: -1n },
      { tags: 7, done: null, due: null, price: null, views: null },
      { tags: null, done: null, due: null, price: 0, views: 0n },
    ];
    for (const [index, value] of values.entries()) {
      const written = await store.put('1', value, any);
      expect(written).toMatchObject({ kind: index === 0 ? 'created' : 'updated' });
      const { kind, ...stored } = written;
      expect(stored).toMatchObject({ value });
      expect(await store.get('1')).toEqual(stored);
      // A client whose connection broke sends it again.
      const again = await replace(store, '1', value, absent, { alreadyApplied: true });
      expect(again.kind).toBe('already-applied');
      const other = { ...value, price: 3 };
      expect((await replace(store, '1', other, absent, { alreadyApplied: true })).kind).toBe('exists');
    }
    // A date that came as JSON is text.
    const text = { ...(values[0] as Everything), due: '2026-01-02T12:34:56.000Z' as unknown as Date };
    await store.put('1', text, any);
    expect(await store.get('1')).toMatchObject({ value: { due: new Date('2026-01-02T12:34:56.000Z') } });
    for (const slip of [
      { done: 'yes' },
      { due: 'tomorrow' },
      { due: new Date(Number.NaN) },
      { price: '9' },
      { views: 1.5 },
    ])
      await expect(store.put('1', { ...text, ...slip } as Everything, any)).rejects.toThrow(TypeError);
    for (const slip of ['x', [1], null, undefined, 7] as unknown as Everything[])
      await expect(store.put('1', slip, any)).rejects.toThrow(TypeError);
  });

  describe('another constraint than that of the key', () => {
    const create = async () => {
      const table = newTable();
      await db.script(`CREATE TABLE ${table} (id ${db.types.text} PRIMARY KEY, email ${db.types.text} UNIQUE,
        version ${db.types.integer} NOT NULL DEFAULT 1)`);
      const store = db.storeOf<{ email: string }>({
        table,
        key: 'id',
        version: { column: 'version', type: 'integer', keys: 'never-reused' },
        modified: null,
        columns: ['email'],
      });
      await store.put('1', { email: 'a@example.com' }, absent);
      return { table, store };
    };

    test('is the error of the driver, and never contention', async () => {
      const { store } = await create();
      for (const expectation of [absent, any, { noneOf: ['7'] }]) {
        const error = await store.put('2', { email: 'a@example.com' }, expectation).catch((error: unknown) => error);
        expect(String((error as Error).message)).toMatch(/unique|duplicate/i);
        expect(error).not.toHaveProperty('code', 'ETAG_OUTCOME_UNKNOWN');
      }
      expect(await store.get('2')).toBeNull();
      await store.put('2', { email: 'b@example.com' }, absent);
      await expect(store.put('2', { email: 'a@example.com' }, oneOf('1'))).rejects.toThrow(/unique|duplicate/i);
      expect(await store.get('2')).toMatchObject({ version: '1', value: { email: 'b@example.com' } });
    });
  });

  test('what a column of text would keep as another text is a TypeError, and nothing is written', async () => {
    const table = newTable();
    await db.script(`CREATE TABLE ${table} (id ${db.types.text} PRIMARY KEY, title ${db.types.text},
      version ${db.types.integer} NOT NULL DEFAULT 1)`);
    const store = db.storeOf<{ title: unknown }>({
      table,
      key: 'id',
      version: { column: 'version', type: 'integer', keys: 'never-reused' },
      modified: null,
      columns: ['title'],
    });
    await store.put('1', { title: 'kept' }, absent);
    for (const title of [{ title: 1 }, ['a'], new Date(0), Symbol('a'), () => 'a']) {
      await expect(store.put('1', { title }, any)).rejects.toThrow(TypeError);
      await expect(store.put('2', { title }, absent)).rejects.toThrow(TypeError);
      await expect(store.insert({ title })).rejects.toThrow(TypeError);
    }
    expect(await store.get('1')).toMatchObject({ version: '1', value: { title: 'kept' } });
    expect(await store.get('2')).toBeNull();
  });

  test('after the last integer there is no version, and the write is refused', async () => {
    const table = newTable();
    const last = '9223372036854775807';
    await db.script(`CREATE TABLE ${table} (id ${db.types.text} PRIMARY KEY, title ${db.types.text},
      version ${db.types.bigint} NOT NULL DEFAULT 1)`);
    await db.script(`INSERT INTO ${table} (id, title, version) VALUES ('1', 'kept', ${last})`);
    const store = db.storeOf<{ title: string }>({
      table,
      key: 'id',
      version: { column: 'version', type: 'integer', keys: 'never-reused' },
      modified: null,
      columns: ['title'],
    });
    for (const expectation of [any, oneOf(last), { noneOf: ['1'] }]) {
      const error = await store.put('1', { title: 'lost' }, expectation).catch((error: unknown) => error);
      expect(error).toBeInstanceOf(Error);
      expect(error).not.toHaveProperty('code', 'ETAG_OUTCOME_UNKNOWN');
    }
    expect(await store.get('1')).toMatchObject({ version: last, value: { title: 'kept' } });
  });

  test('names that have to be quoted', async () => {
    const table = newTable();
    const quoted = (name: string) => (db.types.serial.includes('AUTO_INCREMENT') ? `\`${name}\`` : `"${name}"`);
    const [key, version, title] = ['order', 'row version', 'título-é'].map(quoted);
    await db.script(`CREATE TABLE ${quoted(`${table}-x y`)} (${key} ${db.types.text} PRIMARY KEY, ${title} ${db.types.text},
      ${version} ${db.types.integer} NOT NULL DEFAULT 1)`);
    const store = db.storeOf<{ title: string }>({
      table: `${table}-x y`,
      key: 'order',
      version: { column: 'row version', type: 'integer', keys: 'never-reused' },
      modified: null,
      columns: { title: 'título-é' },
    });
    expect(await store.put('1', { title: 'a' }, absent)).toMatchObject({ kind: 'created', value: { title: 'a' } });
    expect(await store.put('1', { title: 'b' }, oneOf('1'))).toMatchObject({ kind: 'updated', value: { title: 'b' } });
    expect(await store.get('1')).toMatchObject({ version: '2' });
  });
}

/** How SQLite declares columns. */
export const SQLITE: Pick<Database, 'types' | 'generated' | 'versionTrigger' | 'key'> = {
  key: 'TEXT',
  types: {
    serial: 'INTEGER PRIMARY KEY AUTOINCREMENT',
    integer: 'INTEGER',
    text: 'TEXT',
    foldedText: 'TEXT COLLATE NOCASE',
    boolean: 'BOOLEAN',
    json: 'TEXT',
    bigint: 'INTEGER',
    decimal: 'REAL',
    date: 'TEXT',
    updatedAt: 'TEXT DEFAULT CURRENT_TIMESTAMP',
    deletedAt: 'INTEGER',
    uuid: 'TEXT',
  },
  generated: (column, expression) => `${column} INTEGER AS (${expression}) STORED`,
  versionTrigger: (table, key, version) =>
    `CREATE TRIGGER ${table}_new AFTER UPDATE ON ${table} BEGIN
      UPDATE ${table} SET ${version} = lower(hex(randomblob(16))) WHERE ${key} = NEW.${key}; END`,
};

/** Rows that hold in a column of JSON whatever the laws put into it. */
export function unwrapped(rows: TableStore<{ data: unknown }>): VersionedStore<string, unknown> {
  const unwrap = <O extends object>(outcome: O): O =>
    'value' in outcome ? Object.assign(outcome, { value: (outcome.value as { data: unknown }).data }) : outcome;
  return {
    state: (...call) => rows.state(...call),
    delete: (...call) => rows.delete(...call),
    async get(...call) {
      const row = await rows.get(...call);
      return row && { ...row, value: row.value.data };
    },
    put: async (key, data, ...call) => unwrap(await rows.put(key, { data }, ...call)),
  };
}

/**
 * The contract, on a table that counts the writes of its rows: where keys never come back, and where deleted rows are
 * kept, in whatever way the table is used.
 */
export function testCounted(open: () => Promise<Database>): void {
  let db: Database;
  beforeAll(async () => {
    db = await open();
    const { text, integer, json, deletedAt } = db.types;
    await db.script(`CREATE TABLE counted (tenant ${integer}, id ${db.key}, data ${db.document ?? json},
      version ${integer} NOT NULL DEFAULT 1, deleted_at ${deletedAt}, note ${text}, PRIMARY KEY (tenant, id))`);
  }, 60_000);
  const options = {
    table: 'counted',
    key: 'id',
    modified: null,
    columns: { data: { type: 'json' } },
  } as const;

  describe('where keys never come back', () => {
    const version = { column: 'version', type: 'integer', keys: 'never-reused' } as const;
    const store = () => unwrapped(db.storeOf<{ data: unknown }>({ ...options, where: { tenant: 1 }, version }));
    testVersionedStore(test, async () => ({ store: store() }), { keys: 'never-reused' });

    test('and no excuse for the rest: the contract finds versions that repeat', async () => {
      expect(await brokenLaws(store(), 'no old version fits')).toHaveLength(1);
      expect(await brokenLaws(store(), 'no version repeats in 1,000 writes, deletes')).toHaveLength(1);
    });
  });

  describe('where deleted rows are kept', () => {
    const version = { column: 'version', type: 'integer' } as const;
    testVersionedStore(test, async () => {
      const rows = db.storeOf<{ data: unknown }>({ ...options, where: { tenant: 2 }, version, deleted: 'deleted_at' });
      return { store: unwrapped(rows) };
    });
  });
}
