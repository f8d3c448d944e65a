import { CreateTableCommand, DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { dynamodbStore } from '@etag/concurrency/dynamodb';
import { startDynalite, startProxy } from 'servers';
import type { Engine } from '../engine.ts';
import { crash, local, lostAnswers } from '../faults.ts';

const clientOf = (endpoint: string) =>
  new DynamoDBClient({ region: 'local', endpoint, credentials: { accessKeyId: 'a', secretAccessKey: 's' } });

export const engine: Engine = {
  async start() {
    const server = local(await startDynalite());
    const proxy = await startProxy(server.port);
    const client = clientOf(server.url);
    await client.send(
      new CreateTableCommand({
        TableName: 'proof',
        KeySchema: [{ AttributeName: 'key', KeyType: 'HASH' }],
        AttributeDefinitions: [{ AttributeName: 'key', AttributeType: 'S' }],
        BillingMode: 'PAY_PER_REQUEST',
      }),
    );
    client.destroy();
    return {
      url: `http://127.0.0.1:${proxy.port}`,
      version: 'DynamoDB as dynalite 4.0.0 has it',
      faults: [
        crash(server),
        lostAnswers([proxy], (bytes) => /DynamoDB_20120810\.(Update|Delete)Item/i.test(bytes.toString('latin1'))),
      ],
      async stop() {
        await proxy.close();
        await server.stop();
      },
    };
  },
  async open(url) {
    const client = clientOf(url);
    return {
      store: dynamodbStore(client, { table: 'proof', prefix: 'proof#' }),
      overwrite: (key, json) =>
        client.send(
          new UpdateItemCommand({
            TableName: 'proof',
            Key: { key: { S: `proof#${key}` } },
            UpdateExpression: 'SET #value = :value',
            ExpressionAttributeNames: { '#value': 'value' },
            ExpressionAttributeValues: { ':value': { S: json } },
          }),
        ),
      close: () => client.destroy(),
    };
  },
};
