import { mysqlStore, mysqlTable } from '@etag/concurrency/mysql';
import mysql from 'mysql2/promise';
import { startMariadb, startProxy } from 'servers';
import type { Engine } from '../engine.ts';
import { crash, local, lostAnswers } from '../faults.ts';

const options = { table: 'proof' };

/** COM_QUERY and COM_STMT_EXECUTE, which is all that a client sends to write. */
const isCommand = (bytes: Buffer) => bytes[4] === 0x03 || bytes[4] === 0x17;

export const engine: Engine = {
  async start() {
    // Without a binary log, InnoDB shows a commit to others before a crash could no longer take it back (decision 012).
    const server = local(await startMariadb({ max_connections: 200, log_bin: 'binlog', sync_binlog: 1 }));
    const proxy = await startProxy(server.port);
    const admin = async (sql: string) => {
      const connection = await mysql.createConnection(server.url);
      const [rows] = await connection.query(sql).finally(() => connection.end());
      return rows as Record<string, string>[];
    };
    await admin(mysqlTable(options));
    const [row] = await admin('SELECT version() AS version');
    return {
      url: `mysql://root@127.0.0.1:${proxy.port}/test`,
      version: `MariaDB ${row?.version}, mysql2, binary log on`,
      faults: [
        crash(server),
        lostAnswers([proxy], isCommand),
        {
          name: 'KILL of every connection',
          async inject() {
            const ids = await admin(
              "SELECT id FROM information_schema.processlist WHERE user = 'root' AND id <> connection_id()",
            );
            for (const { id } of ids) await admin(`KILL ${id}`).catch(() => {});
          },
        },
      ],
      async stop() {
        await proxy.close();
        await server.stop();
      },
    };
  },
  async open(uri) {
    const pool = mysql.createPool({ uri, connectionLimit: 16 });
    return {
      store: mysqlStore(pool, options),
      overwrite: (key, json) => pool.execute('UPDATE proof SET value = ? WHERE `key` = ?', [json, key]),
      close: () => pool.end(),
    };
  },
};
