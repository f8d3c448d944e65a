import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import type { Pool } from 'pg';

// What a test on this shows: that the real client sends these requests, and reads these answers; and that a write, as the
// one statement that PostgREST makes of it, loses nothing on a real PostgreSQL. What it does not show: PostgREST itself,
// its roles and its schema cache, and what a gateway before it answers.

/** A row, or an error, as PostgREST answers it. */
interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/**
 * A server that makes of a request the statement that PostgREST would: filters by `eq`, `on_conflict`, and the rows that
 * were written as the answer.
 *
 * @param pool - of the database whose tables it serves
 * @see https://docs.postgrest.org/en/stable/references/api/tables_views.html
 */
export async function startPostgrest(pool: Pool): Promise<{ readonly port: number; close(): void }> {
  const server = createServer(async (request, response) => {
    const { status, body } = await answerTo(request, pool);
    response.writeHead(status, { 'Content-Type': 'application/json; charset=utf-8' }).end(JSON.stringify(body));
  });
  // A connection that is closed while a write is on its way is another test.
  server.keepAliveTimeout = 0;
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return { port: (server.address() as AddressInfo).port, close: () => server.close().closeAllConnections() };
}

async function answerTo(request: IncomingMessage, pool: Pool): Promise<Answer> {
  const url = new URL(request.url ?? '', 'http://localhost');
  const row = request.method === 'POST' || request.method === 'PATCH' ? ((await json(request)) as object) : {};
  try {
    const { rows } = await pool.query(statementOf(request.method ?? '', url, row));
    return { status: request.method === 'POST' ? 201 : 200, body: rows };
  } catch (error) {
    const { code, message, detail: details = null, hint = null } = error as Record<string, string | undefined>;
    return { status: code?.startsWith('23') ? 409 : 400, body: { code, message, details, hint } };
  }
}

const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`;

function statementOf(method: string, { pathname, searchParams }: URL, row: object) {
  const table = quoted(pathname.slice(1));
  const values: unknown[] = [];
  const parameter = (value: unknown) => `$${values.push(value)}`;
  const columns = Object.keys(row).map(quoted).join(', ');
  const given = () =>
    `(SELECT ${columns} FROM json_populate_record(null::${table}, ${parameter(JSON.stringify(row))}))`;
  const filters = [...searchParams].filter(([, value]) => value.startsWith('eq.'));
  const where = () => {
    const conditions = filters.map(([name, value]) => `${quoted(name)} = ${parameter(value.slice('eq.'.length))}`);
    return `WHERE ${conditions.join(' AND ')}`;
  };
  const texts: Record<string, () => string> = {
    GET: () => `SELECT * FROM ${table} ${where()}`,
    POST: () => {
      const taken = `ON CONFLICT (${quoted(searchParams.get('on_conflict') ?? '')}) DO NOTHING`;
      return `INSERT INTO ${table} (${columns}) ${given()} ${taken} RETURNING *`;
    },
    PATCH: () => `UPDATE ${table} SET (${columns}) = ${given()} ${where()} RETURNING *`,
    DELETE: () => `DELETE FROM ${table} ${where()} RETURNING *`,
  };
  return { text: texts[method]?.() ?? '', values };
}
