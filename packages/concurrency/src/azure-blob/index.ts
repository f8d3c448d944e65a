export { type AzureBlobStoreOptions, type AzureBlockBlob, type AzureContainer, azureBlobStore } from './store.ts';
