import {
  type AttributeValue,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { jsonOf, type Versioned } from '@etag/core';
import { type CompareAndSet, compareAndSetStore, type WriteFailure } from '../compare-and-set.ts';
import { fromJson } from '../json.ts';
import { isKnownFailure, isOfConnecting } from '../known-failure.ts';
import { checkPlace } from '../place.ts';
import { sendOnce, wasRefused } from '../send-once.ts';
import type { VersionedStore } from '../store.ts';
import { unless } from '../unless.ts';

/** Where a store keeps its values. */
export interface DynamodbStoreOptions {
  /** The table, whose partition key is text, and which has no sort key. */
  table: string;
  /** The partition key. @default 'key' */
  key?: string | undefined;
  /** What the keys of the store begin with, and no others: `note#`, say. A key of DynamoDB is never empty. */
  prefix: string;
}

type Item = Record<string, AttributeValue>;

/** The condition of a write, in the words of DynamoDB. */
type Condition = Pick<
  ConstructorParameters<typeof DeleteItemCommand>[0],
  'ConditionExpression' | 'ExpressionAttributeNames' | 'ExpressionAttributeValues'
>;

/**
 * A store in a table of DynamoDB: each write is one UpdateItem or DeleteItem with a ConditionExpression, each read is
 * strongly consistent. An item has the key, a random `version` and the `value`, as JSON; other attributes are left as they
 * are.
 *
 * @param client - a `DynamoDBClient`, which stays yours; however often it tries, a write is sent once
 * @param options - the table, its key, and `prefix`: what the keys of the store begin with
 * @returns a store, without modification times
 * @throws TypeError for what is not a client; from the methods, when a value is not JSON
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.ConditionExpressions.html
 */
export function dynamodbStore<T>(
  client: Pick<DynamoDBClient, 'send'>,
  options: DynamodbStoreOptions,
): VersionedStore<string, T> {
  checkPlace(options, ['table', 'prefix'], ['key']);
  if (typeof (Object(client) as Partial<DynamoDBClient>).send !== 'function') {
    throw new TypeError('Not a client of DynamoDB: give a DynamoDBClient of @aws-sdk/client-dynamodb');
  }
  return compareAndSetStore(engineOf<T>(client, options));
}

/** The five steps. */
function engineOf<T>(
  client: Pick<DynamoDBClient, 'send'>,
  { table: TableName, key: keyName = 'key', prefix }: DynamodbStoreOptions,
): CompareAndSet<string, T> {
  const itemOf = (key: string) => ({ TableName, Key: { [keyName]: { S: prefix + key } } });
  const absent: Condition = {
    ConditionExpression: 'attribute_not_exists(#key)',
    ExpressionAttributeNames: { '#key': keyName },
  };

  /** The version of an item alone where there is one; else that it is there. */
  function present(version: string | null): Condition {
    if (version === null) return { ...absent, ConditionExpression: 'attribute_exists(#key)' };
    return {
      ConditionExpression: '#version = :expected',
      ExpressionAttributeNames: { '#version': 'version' },
      ExpressionAttributeValues: { ':expected': { S: version } },
    };
  }

  async function read(key: string, names: string[]): Promise<Item | undefined> {
    const command = new GetItemCommand({
      ...itemOf(key),
      ConsistentRead: true,
      ProjectionExpression: names.map((name) => `#${name}`).join(', '),
      ExpressionAttributeNames: Object.fromEntries(names.map((name) => [`#${name}`, name])),
    });
    return (await client.send(command)).Item;
  }

  function put(key: string, value: T, condition: Condition): Promise<Versioned<T> | null> {
    const [version, json] = [crypto.randomUUID(), jsonOf(value)];
    const command = new UpdateItemCommand({
      ...itemOf(key),
      ConditionExpression: condition.ConditionExpression,
      UpdateExpression: 'SET #version = :version, #value = :value',
      ExpressionAttributeNames: { ...condition.ExpressionAttributeNames, '#version': 'version', '#value': 'value' },
      ExpressionAttributeValues: {
        ...condition.ExpressionAttributeValues,
        ':version': { S: version },
        ':value': { S: json },
      },
    });
    const write = unless(
      isUnmet,
      sendOnce(command, () => client.send(command)),
    );
    return write.then((written) => written && { version, value: JSON.parse(json) as T });
  }

  return {
    async get(key) {
      const item = await read(key, ['version', 'value']);
      if (!item) return null;
      const value = fromJson<T>(item.value?.S as string, `The value of ${JSON.stringify(key)} in DynamoDB`);
      return { version: versionIn(item), value };
    },
    async version(key) {
      const item = await read(key, ['version']);
      return item ? { version: versionIn(item) } : null;
    },
    create: (key, value) => put(key, value, absent),
    replace: (key, value, version) => put(key, value, present(version)),
    async remove(key, version) {
      const command = new DeleteItemCommand({ ...itemOf(key), ...present(version) });
      const removed = await unless(
        isUnmet,
        sendOnce(command, () => client.send(command)),
      );
      return removed !== null;
    },
    failure: failureOf,
  };
}

/** An item of another program may have none: that is not a version, and the store says so. */
const versionIn = ({ version }: Item) => version?.S as string;

/**
 * DynamoDB refuses by 4xx: the item is too large, the table is throttled, a transaction has the item at the moment.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html
 */
function failureOf(error: unknown): WriteFailure {
  if (nameOf(error) === 'TransactionConflictException') return 'conflict';
  return isKnownFailure(error) || isOfConnecting(error) || wasRefused(error) ? 'failed' : 'unknown';
}

/** What the service calls its error. */
const nameOf = (error: unknown) => (Object(error) as { name?: unknown }).name;

/** A condition that does not hold. */
const isUnmet = (error: unknown) => nameOf(error) === 'ConditionalCheckFailedException';
