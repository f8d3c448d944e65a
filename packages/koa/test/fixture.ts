import { type Compression, conformanceApplication, type Running } from 'adapter-suite';
import type Koa from 'koa';
import { boot } from './boot.ts';

/** Serves the fixture of the conformance suite on a free port. */
export const start = (compression: Compression, app?: Koa): Promise<Running> =>
  boot(conformanceApplication(compression), app);
