import { OutcomeUnknownError } from '@etag/core';
import { unlessAborted } from '../abort.ts';
import { knownFailure } from '../known-failure.ts';
import { type StepCall, stepCall } from '../step-call.ts';
import { connectionOf, type MysqlPool, type MysqlPoolConnection, type Run, runOn } from './connection.ts';
import { isConflict, mysqlFailure } from './errors.ts';

/**
 * Runs some work between START TRANSACTION and COMMIT, or ROLLBACK when it throws.
 *
 * @param signal - aborts all of it
 * @param call - is told whether a connection is still waited for
 * @throws OutcomeUnknownError when the commit may or may not have happened; else what the work or the driver throws, or
 *   the reason of the aborted signal
 */
export async function transaction<Tx extends MysqlPoolConnection, R>(
  pool: MysqlPool<Tx>,
  work: (run: Run, connection: Tx) => Promise<R>,
  signal: AbortSignal | undefined,
  call: StepCall | undefined = stepCall(signal),
): Promise<R> {
  const connection = await connectionOf(pool, call);
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
    if (committing) throw mysqlFailure(error) === 'unknown' ? new OutcomeUnknownError({ cause: error }) : error;
    // The server has rolled back, whatever the error is of: a row that cannot be read, say. A conflict may be tried again.
    throw healthy && !isConflict(error) ? knownFailure(error) : error;
  } finally {
    refusal = new Error('The transaction is over.');
    if (healthy) connection.release();
    else connection.destroy();
  }
}
