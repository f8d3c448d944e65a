import { postgresStore, postgresTable } from '@etag/concurrency/postgres';
import pg from 'pg';
import { startPostgres, startProxy } from 'servers';
import type { Engine } from '../engine.ts';
import { crash, local, lostAnswers } from '../faults.ts';

const options = { table: 'proof' };

export const engine: Engine = {
  async start() {
    const server = local(await startPostgres({ max_connections: 200 }));
    const proxy = await startProxy(server.port);
    // Faults are injected past the proxy.
    const admin = async (sql: string) => {
      const client = new pg.Client(server.url);
      client.on('error', () => {});
      await client.connect();
      const { rows } = await client.query(sql).finally(() => client.end());
      return rows;
    };
    await admin(postgresTable(options));
    const [{ version }] = await admin("SELECT current_setting('server_version') AS version");
    return {
      url: `postgres://postgres@127.0.0.1:${proxy.port}/postgres`,
      version: `PostgreSQL ${version}, pg`,
      faults: [
        crash(server),
        lostAnswers([proxy], (bytes) =>
          /^(UPDATE|INSERT|DELETE)/m.test(bytes.toString('latin1').replaceAll('\0', '\n')),
        ),
        {
          name: 'pg_terminate_backend of every connection',
          async inject() {
            await admin('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()');
          },
        },
      ],
      async stop() {
        await proxy.close();
        await server.stop();
      },
    };
  },
  async open(connectionString) {
    const pool = new pg.Pool({ connectionString, max: 16 });
    // A connection that breaks while it is idle is replaced.
    pool.on('error', () => {});
    return {
      store: postgresStore(pool, options),
      overwrite: (key, json) =>
        pool.query({
          name: 'overwrite',
          text: 'UPDATE proof SET value = $2, modified = now() WHERE key = $1',
          values: [key, json],
        }),
      close: () => pool.end(),
    };
  },
};
