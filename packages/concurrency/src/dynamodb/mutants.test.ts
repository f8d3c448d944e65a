import { CreateTableCommand, DynamoDBClient, type UpdateItemCommandInput } from '@aws-sdk/client-dynamodb';
import { type Server, startDynalite } from 'servers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { brokenLaws } from '../../test/broken-laws.ts';
import { dynamodbStore } from './index.ts';

let server: Server;
let client: DynamoDBClient;

beforeAll(async () => {
  server = await startDynalite();
  const credentials = { accessKeyId: 'a', secretAccessKey: 's' };
  client = new DynamoDBClient({ region: 'local', credentials, endpoint: server.url });
  await client.send(
    new CreateTableCommand({
      TableName: 'notes',
      KeySchema: [{ AttributeName: 'key', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'key', AttributeType: 'S' }],
      BillingMode: 'PAY_PER_REQUEST',
    }),
  );
});
afterAll(async () => {
  client.destroy();
  await server.stop();
});

interface Command {
  readonly input: UpdateItemCommandInput;
}

type Send = (command: never) => Promise<unknown>;

/** A store whose writes are altered before they are sent, or sent in another way. */
function altered(alter: (input: UpdateItemCommandInput) => void, sendBy = (send: Send): Send => send) {
  const send = sendBy((command) => client.send(command));
  const altering = async (command: Command) => {
    if (command.input.ConditionExpression) alter(command.input);
    return await send(command as never);
  };
  return dynamodbStore<unknown>({ send: altering as never }, { table: 'notes', prefix: `${crypto.randomUUID()}#` });
}

/** Writes under a condition that holds whatever is there, with the same names and values: DynamoDB wants all of them used. */
const unconditional = (input: UpdateItemCommandInput) => {
  input.ConditionExpression += ' OR attribute_exists(#key) OR attribute_not_exists(#key)';
  input.ExpressionAttributeNames = { ...input.ExpressionAttributeNames, '#key': 'key' };
};

/** Leaves the version of what is there. */
function keeping(input: UpdateItemCommandInput): void {
  const [version, kept] = ['#version = :version', '#version = if_not_exists(#version, :version)'];
  input.UpdateExpression = input.UpdateExpression?.replace(version, kept);
}

const swallowing =
  (send: Send): Send =>
  (command) =>
    send(command).catch((error) => {
      if (error.name !== 'ConditionalCheckFailedException') throw error;
      return {};
    });

const mutants: [mutation: string, law: string, store: () => ReturnType<typeof altered>][] = [
  ['drops the condition', 'of 32 updates', () => altered(unconditional)],
  [
    'creates over what is there',
    'put expecting absent, when',
    () => altered((input) => input.ConditionExpression?.startsWith('attribute_not_exists') && unconditional(input)),
  ],
  [
    'deletes whatever is there',
    'delete expecting oneOf(seen), when another',
    () => altered((input) => !input.UpdateExpression && unconditional(input)),
  ],
  ['takes a refusal for a success', 'put expecting oneOf(seen), when another', () => altered(() => {}, swallowing)],
  ['keeps the version of an update', 'put expecting oneOf(seen), when another', () => altered(keeping)],
];

describe('the contract catches a store that', () => {
  test.each(mutants)(
    '%s',
    async (_, law, store) => {
      expect(
        await brokenLaws(
          altered(() => {}),
          law,
        ),
      ).toEqual([]);
      expect(await brokenLaws(store(), law)).not.toEqual([]);
    },
    120_000,
  );
});
