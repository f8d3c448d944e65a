export type { Current } from './current.js';
export { errors } from './errors.js';
export { type EtagOptions, etag } from './etag.js';
export { type PreconditionOptions, precondition } from './precondition.js';
export { expectation, respond } from './write.js';
