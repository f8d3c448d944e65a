export { type DynamodbStoreOptions, dynamodbStore } from './store.ts';
