import { afterAll, describe, expect, it } from 'vitest';
import { ask } from './ask.ts';
import { eventually } from './eventually.ts';
import { startPostgres, startupMessage } from './postgres.ts';
import type { LocalServer } from './server.ts';
import { killable } from './suite.ts';

const server = await killable('PostgreSQL', () => startPostgres({ max_connections: 7 }));
afterAll(() => server?.stop());

/** Runs statements, and gives back all that the server says. */
async function query(sql: string, { port } = server as LocalServer): Promise<string> {
  const text = Buffer.from(`${sql}\0`);
  const message = Buffer.alloc(5);
  message.write('Q');
  message.writeInt32BE(text.length + 4, 1);
  // ReadyForQuery twice: after the start, and after the statements.
  return ask(port, Buffer.concat([startupMessage(), message, text]), /Z\0\0\0.I.*Z\0\0\0.I$/s);
}

const RUNNING = "SELECT 'running' FROM pg_stat_activity WHERE query LIKE 'DO %' AND state = 'active'";

const SLEEPING = "SELECT 'sleeping' FROM pg_stat_activity WHERE wait_event = 'PgSleep'";

describe.skipIf(!server)('PostgreSQL', () => {
  it('keeps what it committed when it is killed', async () => {
    const { kill, restart } = server as LocalServer;
    await query("CREATE TABLE notes (text text); INSERT INTO notes VALUES ('kept')");
    await kill();
    await expect(query('TABLE notes')).rejects.toThrow('ECONNREFUSED');
    await restart();
    expect(await query('TABLE notes')).toContain('kept');
  });

  it('keeps its data when it is restarted while it runs', async () => {
    await server?.restart();
    expect(await query('TABLE notes')).toContain('kept');
  });

  it('comes back when the statements that outlived the killed server are through', async () => {
    const { kill, restart } = server as LocalServer;
    const late = "DO $$ BEGIN WHILE clock_timestamp() < now() + interval '1 second' LOOP END LOOP; END $$";
    const outcome = query(late).catch((error) => error.message);
    await eventually(async () => expect(await query(RUNNING)).toContain('running'), 10_000);
    await kill();
    await restart();
    expect(await outcome).toMatch(/DO|fails|closed/);
    expect(await query(RUNNING)).not.toContain('running');
  });

  it('lets a client finish before it ends', async () => {
    const other = (await startPostgres()) as LocalServer;
    const finished = query("SELECT pg_sleep(0.2), 'finished'", other);
    await eventually(async () => expect(await query(SLEEPING, other)).toContain('sleeping'), 10_000);
    await other.stop();
    expect(await finished).toContain('finished');
  });

  it('is set up as told', async () => {
    expect(await query('SHOW max_connections')).toMatch(/\0{3}.7C/);
  });
});
