import { compareAndSetStore, type Versioned, type VersionedStore, type WriteFailure } from '@etag/concurrency';
import { type KeyType, keyOf, type RowKey } from './row-key.ts';

/** What a store has to know of a model that its library does not say. */
export interface ModelOptions<Key extends string = string, Version extends string = string> {
  /** The member that names a row. A key that was deleted must not come back: the count would begin anew. @default 'id' */
  key?: Key | undefined;
  /** What the key is. @default 'text' */
  keyType?: KeyType | undefined;
  /** The member that every write counts up, those of the application as well. @default 'version' */
  version?: Version | undefined;
}

/** What a library does with the rows of a model. */
export interface Model<Row> {
  find(key: RowKey): Promise<Row | null | undefined>;
  /** Inserts a row, where there is none of its key; gives what is stored. */
  insert(row: Row, key: RowKey): Promise<Row | null | undefined>;
  /** Updates the row of this version, or of any when it is null, and counts; gives what is stored. */
  update(key: RowKey, members: Partial<Row>, version: number | null): Promise<Row | null | undefined>;
  /** Deletes the row of this version, or of any when it is null. */
  remove(key: RowKey, version: number | null): Promise<boolean>;
  /** Whether all of this is part of a transaction of the library's. */
  isInTransaction(): boolean;
  failure(error: unknown): WriteFailure;
}

/**
 * A store on a model whose version is an integer. A value is a row without its key and its version.
 *
 * @param options - how the model names its key and its version
 * @param model - the model, in the words of its library
 */
export function modelStore<Row extends object, Value>(
  { key: keyName = 'id', keyType = 'text', version: versionName = 'version' }: ModelOptions,
  model: Model<Row>,
): VersionedStore<string, Value> {
  function versionedOf(row: Row | null | undefined): Versioned<Value> | null {
    if (!row) return null;
    const { [keyName]: _, [versionName]: version, ...members } = row as Record<string, unknown>;
    if (version == null) throw new Error(`A row has no version: its ${versionName} is null`);
    return { version: String(version), value: members as Value };
  }

  /**
   * The members that a write sets. What a client says of its key or its version is not among them.
   *
   * @throws TypeError for what has no members, such as text, whose characters would be taken for some
   */
  function membersOf(value: Value): Partial<Row> {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw new TypeError(`Not a row of this model: ${JSON.stringify(value)}. Give an object`);
    }
    const { [keyName]: _, [versionName]: __, ...members } = value as Record<string, unknown>;
    return members as Partial<Row>;
  }

  async function find(key: string): Promise<Versioned<Value> | null> {
    const own = keyOf(key, keyType);
    return own === null ? null : versionedOf(await model.find(own));
  }

  return compareAndSetStore<string, Value>({
    get: find,
    version: find,
    create(key, value) {
      const own = keyOf(key, keyType);
      // Thrown at once: nothing was sent.
      if (own === null) throw new TypeError(`${JSON.stringify(key)} is not a key of this model: it takes ${keyType}`);
      const row = { ...membersOf(value), [keyName]: own, [versionName]: 1 } as Row;
      return model.insert(row, own).then(versionedOf);
    },
    replace(key, value, version) {
      const members = membersOf(value);
      const [own, count] = [keyOf(key, keyType), countOf(version)];
      if (own === null || count === undefined) return Promise.resolve(null);
      return model.update(own, members, count).then(versionedOf);
    },
    async remove(key, version) {
      const [own, count] = [keyOf(key, keyType), countOf(version)];
      return own !== null && count !== undefined && (await model.remove(own, count));
    },
    isInTransaction: model.isInTransaction,
    failure: model.failure,
  });
}

/** The largest count of an integer column, which has 32 bits. */
const LAST = 2 ** 31 - 1;

/** The count of a version; null for any, undefined for text that no row has as its version. */
function countOf(version: string | null): number | null | undefined {
  if (version === null) return null;
  return /^(0|[1-9]\d{0,9})$/.test(version) && Number(version) <= LAST ? Number(version) : undefined;
}
