import mysql, { type ResultSetHeader, type RowDataPacket } from 'mysql2/promise';
import { available, startMariadb } from 'servers';
import { afterAll, describe, expect, test } from 'vitest';
import { type Database, testCounted, testShapes } from '../../test/shapes.ts';
import { mysqlStore } from './index.ts';

const server = await available('tables of an application, in MariaDB', () =>
  startMariadb({ innodb_flush_log_at_trx_commit: 2 }),
);
const pool = mysql.createPool({
  uri: server?.url ?? 'mysql://127.0.0.1:1/',
  connectionLimit: 16,
  multipleStatements: true,
});
pool.pool.on('connection', (connection) => connection.query("SET time_zone = '+00:00'"));
afterAll(async () => {
  await pool.end();
  await server?.stop();
});

const MYSQL: Pick<Database, 'types' | 'generated' | 'versionTrigger' | 'key' | 'document'> = {
  key: 'VARBINARY(2000)',
  document: 'LONGTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin',
  types: {
    serial: 'INT AUTO_INCREMENT PRIMARY KEY',
    integer: 'INT',
    text: 'VARCHAR(200)',
    foldedText: 'VARCHAR(20)',
    boolean: 'BOOLEAN',
    json: 'JSON',
    bigint: 'BIGINT',
    decimal: 'DECIMAL(10, 2)',
    date: 'DATETIME(3)',
    updatedAt: 'TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP',
    deletedAt: 'DATETIME(3)',
    uuid: 'CHAR(36)',
  },
  generated: (column, expression) => `${column} INT AS (${expression}) STORED`,
  versionTrigger: (table, _, version) =>
    `CREATE TRIGGER ${table}_new BEFORE UPDATE ON ${table} FOR EACH ROW SET NEW.${version} = UUID()`,
};

const open = async (): Promise<Database> => ({
  ...MYSQL,
  script: (sql) => pool.query(sql),
  rows: async (sql) => (await pool.query<RowDataPacket[]>(sql))[0],
  storeOf: (options) => mysqlStore(pool, options),
  change: async (sql) => (await pool.query<ResultSetHeader>(sql))[0].affectedRows,
});

describe.skipIf(!server)('MariaDB', () => {
  testShapes(open);
  describe('the contract', () => testCounted(open));

  test.each(["ENUM('a', 'b')", "SET('a', 'b')", 'INET6', 'DATE', 'BINARY(8)', 'DOUBLE'])(
    'a key of %s, which may be kept in another form, is refused',
    async (type) => {
      const table = `keyed_${type.replaceAll(/\W+/g, '_')}`;
      await pool.query(`CREATE TABLE ${table} (id ${type} PRIMARY KEY, title TEXT, version INT NOT NULL DEFAULT 1)`);
      const version = { column: 'version', type: 'integer', keys: 'never-reused' } as const;
      const store = mysqlStore(pool, { table, key: 'id', version, modified: null, columns: ['title'] });
      await expect(store.get('a')).rejects.toThrow(/in another form.*Name a column of text, whole numbers or UUIDs/);
    },
  );
});
