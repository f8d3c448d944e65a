import { OutcomeUnknownError } from '@etag/core';
import { unlessAborted } from '../abort.ts';
import { knownFailure } from '../known-failure.ts';
import { type MysqlPool, type MysqlPoolConnection, type Run, runOn } from './connection.ts';
import { isConflict, mysqlFailure } from './errors.ts';

/**
 * Runs some work between START TRANSACTION and COMMIT, or ROLLBACK when it throws.
 *
 * @throws OutcomeUnknownError when the commit may or may not have happened; else what the work or the driver throws, or
 *   the reason of the aborted signal
 */
export async function transaction<Tx extends MysqlPoolConnection, R>(
  pool: MysqlPool<Tx>,
  work: (run: Run, connection: Tx) => Promise<R>,
  signal: AbortSignal | undefined,
): Promise<R> {
  const connection = await acquire(pool, signal);
  const send = runOn(connection);
  /** Why no more is sent. */
  let refusal: unknown;
  let committing = false;
  let healthy = true;
  try {
    await connection.beginTransaction();
    const run: Run = async (statement) => {
      if (refusal) throw refusal;
      return send(statement).catch((error) => {
        // The server may have rolled all of it back: what came after would be committed by itself.
        if (isConflict(error)) refusal = error;
        throw error;
      });
    };
    const result = await unlessAborted(work(run, connection), signal);
    if (refusal) throw refusal;
    committing = true;
    await connection.commit();
    return result;
  } catch (error) {
    // A statement that waits for a lock would hold up the ROLLBACK; without its connection, the server rolls back.
    healthy =
      !signal?.aborted &&
      (await connection.rollback().then(
        () => true,
        () => false,
      ));
    throw committing && mysqlFailure(error) === 'unknown' ? new OutcomeUnknownError({ cause: error }) : error;
  } finally {
    refusal = new Error('The transaction is over.');
    if (healthy) connection.release();
    else connection.destroy();
  }
}

/** A connection of the pool; one that comes too late goes back. */
async function acquire<Tx extends MysqlPoolConnection>(pool: MysqlPool<Tx>, signal: AbortSignal | undefined) {
  const acquired = pool.getConnection().catch((error: unknown) => {
    throw knownFailure(error);
  });
  try {
    return await unlessAborted(acquired, signal);
  } catch (error) {
    acquired.then((connection) => connection.release()).catch(() => {});
    throw error;
  }
}
