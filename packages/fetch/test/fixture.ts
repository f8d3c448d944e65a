import { conformanceApplication } from 'adapter-suite';
import { boot } from './boot.ts';

/** Serves the fixture of the conformance suite on a free port. */
export const start = () => boot(conformanceApplication('none'));
