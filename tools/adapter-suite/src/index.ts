export type {
  Application,
  AppRequest,
  Boot,
  Compression,
  Fields,
  Reply,
  Resource,
  Running,
} from './application.ts';
export { conformanceApplication } from './conformance.ts';
export { adapterSuite, type Traits } from './suite.ts';
