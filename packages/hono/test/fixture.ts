import { type Compression, conformanceApplication } from 'adapter-suite';
import { boot } from './boot.ts';

/** Serves the fixture of the conformance suite on a free port. */
export const start = (compression: Compression) => boot(conformanceApplication(compression));
