import { type Compression, conformanceApplication, type Running } from 'adapter-suite';
import { boot, type PlatformName } from './boot.ts';

/** Serves the fixture of the conformance suite on a free port. */
export const start = (compression: Compression, platform: PlatformName = 'express'): Promise<Running> =>
  boot(conformanceApplication(compression), platform);
