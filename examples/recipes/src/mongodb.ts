import type { VersionedStore, WriteFailure } from '@etag/concurrency';
import {
  type ClientSession,
  type Collection,
  type Document,
  MongoServerError,
  MongoServerSelectionError,
  MongoWriteConcernError,
  ObjectId,
} from 'mongodb';
import { type ModelOptions, modelStore } from './model.ts';
import type { RowKey } from './row-key.ts';

// Not run against MongoDB, which cannot be had for the tests. They run it against a stand-in, which answers the commands
// of the real driver: `stand-ins/mongod.ts` says what that shows and what not.

/** What a store has to know of a collection. */
export interface MongodbOptions extends Pick<ModelOptions, 'keyType' | 'version'> {
  /** A session of yours: where it is in a transaction, the writes are part of it. @default none */
  session?: ClientSession | undefined;
}

/** How long MongoDB may look for a majority before a read fails, in ms. */
const LONGEST_READ_MS = 10_000;

/**
 * A store on a collection whose documents have an integer version, as Mongoose counts it with `optimisticConcurrency`
 * (its name there is `__v`). A write is one findAndModify or delete with the version in its filter.
 *
 * It needs a replica set. There the driver may send a write again, as it does unless told otherwise (`retryWrites`): it
 * numbers its writes, and the server answers one that it has done already with what came of it. Writes are acknowledged
 * by a majority, and reads are linearizable: otherwise a failover could take back a write that somebody has read, and
 * the count would come to the same number again for other content.
 *
 * What it can lose: nothing that a majority has, as long as `writeConcernMajorityJournalDefault` is left as it is. Read
 * from a secondary elsewhere, but never for a version that is sent to a client who will write.
 *
 * @param collection - of a client with `ignoreUndefined`, where your values have members that are undefined
 * @param options - how it names its version, what its keys are, and a session
 */
export function mongodbStore<Value extends object>(
  collection: Collection,
  { keyType, version: versionName = 'version', session }: MongodbOptions = {},
): VersionedStore<string, Value> {
  // In a transaction both are its own.
  const [writes, reads] = session
    ? [{ session }, { session }]
    : [
        { writeConcern: { w: 'majority' as const } },
        { readConcern: 'linearizable' as const, readPreference: 'primary' as const, maxTimeMS: LONGEST_READ_MS },
      ];
  const isInTransaction = () => session?.inTransaction() ?? false;

  function only(key: RowKey, version: number | null): Document {
    const _id = keyType === 'objectId' ? new ObjectId(`${key}`) : key;
    return version === null ? { _id } : { _id, [versionName]: version };
  }
  const find = (key: RowKey) => collection.findOne(only(key, null), reads);

  return modelStore<Document, Value>(
    { key: '_id', keyType, version: versionName },
    {
      find,
      async insert(row, key) {
        // In a transaction a key that is taken would end it.
        if (isInTransaction() && (await find(key))) return null;
        try {
          await collection.insertOne({ ...row, ...only(key, null) }, writes);
        } catch (error) {
          if (!isInTransaction() && isTaken(error)) return null;
          throw error;
        }
        return row;
      },
      update(key, members, version) {
        // All of the document: members that it had and the value has not are gone. A literal is not read as an expression.
        const counted = { _id: '$_id', [versionName]: { $add: [`$${versionName}`, 1] } };
        const update = [{ $replaceWith: { $mergeObjects: [{ $literal: members }, counted] } }];
        return collection.findOneAndUpdate(only(key, version), update, { returnDocument: 'after', ...writes });
      },
      async remove(key, version) {
        return (await collection.deleteOne(only(key, version), writes)).deletedCount > 0;
      },
      isInTransaction,
      failure: failureOf,
    },
  );
}

const DUPLICATE_KEY = 11_000;
const WRITE_CONFLICT = 112;

/** Whether another document has this `_id`; another unique index is an error. */
function isTaken(error: unknown): boolean {
  return error instanceof MongoServerError && error.code === DUPLICATE_KEY && '_id' in Object(error.keyPattern);
}

/** @see https://www.mongodb.com/docs/manual/reference/error-codes/ */
function failureOf(error: unknown): WriteFailure {
  // There was nobody to send it to.
  if (error instanceof MongoServerSelectionError) return 'failed';
  // Written, but nobody knows by how many.
  if (error instanceof MongoWriteConcernError) return 'unknown';
  if (!(error instanceof MongoServerError) || error.hasErrorLabel('RetryableWriteError')) return 'unknown';
  return error.code === WRITE_CONFLICT ? 'conflict' : 'failed';
}
