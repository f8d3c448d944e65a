import type { WriteFailure } from '@etag/concurrency';

/** How a library reads and writes the row of one key. */
interface RowSteps<Row> {
  /** The member that has the version. */
  readonly versionName: string;
  find(): PromiseLike<Row | null>;
  failure(error: unknown): WriteFailure;
}

/**
 * An INSERT by a library that has no ON CONFLICT (key) DO NOTHING.
 *
 * @param row - is inserted
 * @param insert - fails where the key is taken, and leaves a transaction as it was
 * @returns the row as it is stored; null where the key is taken
 * @throws whatever `insert` throws for another reason
 */
export async function insertWhereNoneIs<Row extends object>(
  { versionName, find, failure }: RowSteps<Row>,
  row: Row,
  insert: () => PromiseLike<unknown>,
): Promise<Row | null> {
  try {
    await insert();
  } catch (error) {
    if (failure(error) === 'failed' && (await find())) return null;
    throw error;
  }
  return ifUnchanged(await find(), row, versionName);
}

/**
 * An UPDATE by a library that has no RETURNING.
 *
 * @param members - are set
 * @param version - null for any, which becomes the one that is current
 * @param update - updates the row of a version, and counts; gives how many rows that were
 * @returns the row as it is stored; null where there is none of this version
 */
export async function updateAndRead<Row extends object>(
  { versionName, find }: RowSteps<Row>,
  members: Partial<Row>,
  version: number | null,
  update: (version: number) => Promise<number | null | undefined>,
): Promise<Row | null> {
  const current = version ?? versionOf(await find(), versionName);
  if (current === undefined || !(await update(current))) return null;
  return ifUnchanged(await find(), { ...members, [versionName]: current + 1 } as Row, versionName);
}

/** The row that was read after a write; or what was written, where somebody came between. */
function ifUnchanged<Row extends object>(read: Row | null, written: Row, versionName: string): Row {
  return read && versionOf(read, versionName) === versionOf(written, versionName) ? read : written;
}

function versionOf(row: object | null, versionName: string): number | undefined {
  return (row as Record<string, number> | null)?.[versionName];
}
