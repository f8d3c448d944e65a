import { OutcomeUnknownError } from '@etag/core';
import { unlessAborted } from '../abort.ts';
import { connectionFor, type StepCall, stepCall } from '../step-call.ts';
import {
  onClient,
  type PgPoolClient,
  type PostgresConnection,
  type PostgresDatabase,
  type Run,
  runOn,
} from './connection.ts';
import { postgresFailure } from './errors.ts';

/**
 * Runs some work between BEGIN and COMMIT, or between BEGIN and ROLLBACK when it throws.
 *
 * @throws OutcomeUnknownError when the commit may or may not have happened; else what the work or the driver throws, or
 *   the reason of the aborted signal
 */
export async function transaction<Tx extends PostgresConnection, R>(
  db: PostgresDatabase<Tx>,
  work: (run: Run, transaction: Tx) => Promise<R>,
  signal: AbortSignal | undefined,
): Promise<R> {
  let isOpen = true;
  let isCommitting = false;
  let isOver = false;
  const bounded = async (transaction: Tx) => {
    const send = runOn(transaction);
    const run: Run = async (statement) => {
      // It would be sent past the transaction, or into one of somebody else.
      if (!isOpen) throw new Error('The transaction is over.');
      return send(statement);
    };
    try {
      signal?.throwIfAborted();
      const result = await unlessAborted(work(run, transaction), signal);
      isCommitting = true;
      return result;
    } finally {
      isOpen = false;
      // The connection was lost while the work went on: postgres.js would now end the transaction of whoever has it next.
      // https://github.com/porsager/postgres/issues/1204
      if (isOver) await new Promise(() => {});
    }
  };
  const ended = begin(db, bounded, stepCall(signal)).finally(() => {
    isOpen = false;
    isOver = true;
  });
  try {
    return await unlessAborted(ended, signal);
  } catch (error) {
    const isUnknown = isCommitting && (error === signal?.reason || postgresFailure(error) === 'unknown');
    throw isUnknown ? new OutcomeUnknownError({ cause: error }) : error;
  }
}

async function begin<Tx extends PostgresConnection, R>(
  db: PostgresDatabase<Tx>,
  work: (transaction: Tx) => Promise<R>,
  call: StepCall | undefined,
): Promise<R> {
  if ('begin' in db) return (await db.begin(work)) as R;
  if ('transaction' in db) return (await db.transaction(work)) as R;
  const connecting = db.connect() as Promise<Tx & PgPoolClient>;
  return await betweenCommands(await connectionFor(connecting, (late) => late.release(false), call), work);
}

/** The transaction that the other two drivers have of their own. */
async function betweenCommands<C extends PgPoolClient, R>(client: C, work: (client: C) => Promise<R>): Promise<R> {
  const command = async (text: string) => (await client.query({ text, values: [], rowMode: 'array' })).command;
  let isBroken = false;
  const committed = async () => {
    try {
      await command('BEGIN');
      const result = await work(client);
      // PostgreSQL answers COMMIT with ROLLBACK, and no error, when a statement failed and the work went on.
      if ((await command('COMMIT')) !== 'COMMIT') throw rolledBack();
      return result;
    } catch (error) {
      await command('ROLLBACK').catch(() => (isBroken = true));
      throw error;
    }
  };
  return await onClient(client, committed, () => isBroken);
}

/** The error of a statement in a failed transaction (in_failed_sql_transaction), as PGlite has it for COMMIT. */
function rolledBack(): Error {
  const message = 'A statement of the transaction failed, so PostgreSQL rolled it back instead of committing it';
  return Object.assign(new Error(message), { code: '25P02', severity: 'ERROR' });
}
