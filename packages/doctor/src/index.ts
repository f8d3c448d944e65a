export { audit, Inconclusive } from './audit.ts';
export type { Configuration } from './configuration.ts';
export type { AuditOptions } from './options.ts';
export type { Finding, Report, Savings } from './report.ts';
export type { Server } from './server.ts';
export type { Severity } from './severity.ts';
