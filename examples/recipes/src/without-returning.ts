import { OutcomeUnknownError, type WriteFailure } from '@etag/concurrency';

/** How a library reads and writes the row of one key. */
interface RowSteps<Row> {
  /** The member that has the version. */
  readonly versionName: string;
  find(): PromiseLike<Row | null>;
  /** Whether all of this is part of a transaction of the library's. */
  isInTransaction(): boolean;
  failure(error: unknown): WriteFailure;
}

/**
 * An INSERT by a library that has no ON CONFLICT (key) DO NOTHING.
 *
 * @param row - is inserted
 * @param insert - fails where the key is taken, and leaves a transaction as it was
 * @returns the row as it is stored; null where the key is taken
 * @throws whatever `insert` throws for another reason; OutcomeUnknownError when the look after it fails
 */
export async function insertWhereNoneIs<Row extends object>(
  steps: RowSteps<Row>,
  row: Row,
  insert: () => PromiseLike<unknown>,
): Promise<Row | null> {
  try {
    await insert();
  } catch (error) {
    if (steps.failure(error) === 'failed' && (await steps.find())) return null;
    throw error;
  }
  return left(steps, row);
}

/**
 * An UPDATE by a library that has no RETURNING.
 *
 * @param members - are set
 * @param version - null for any, which becomes the one that is current
 * @param update - updates the row of a version, and counts; gives how many rows that were
 * @returns the row as it is stored; null where there is none of this version
 * @throws whatever `update` throws; OutcomeUnknownError when the look after it fails
 */
export async function updateAndRead<Row extends object>(
  steps: RowSteps<Row>,
  members: Partial<Row>,
  version: number | null,
  update: (version: number) => Promise<number | null | undefined>,
): Promise<Row | null> {
  const current = version ?? versionOf(await steps.find(), steps.versionName);
  if (current === undefined || !(await update(current))) return null;
  return left(steps, { ...members, [steps.versionName]: current + 1 } as Row);
}

/**
 * The row that a write has left; or what was written, where somebody came between.
 *
 * @throws OutcomeUnknownError when it cannot be read: by the error of the look, nothing would have been written
 */
export async function left<Row extends object>(
  { versionName, find, isInTransaction }: Pick<RowSteps<Row>, 'versionName' | 'find' | 'isInTransaction'>,
  written: Row,
): Promise<Row> {
  try {
    const read = await find();
    return read && versionOf(read, versionName) === versionOf(written, versionName) ? read : written;
  } catch (cause) {
    throw isInTransaction() ? cause : new OutcomeUnknownError({ cause });
  }
}

/** The count of a row. Drivers give one of 64 bits as text, or as a bigint. */
function versionOf(row: object | null, versionName: string): number | undefined {
  const version = (row as Record<string, unknown> | null)?.[versionName];
  return version == null ? undefined : Number(version);
}
