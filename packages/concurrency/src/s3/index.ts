export { type S3StoreOptions, s3Store } from './store.ts';
