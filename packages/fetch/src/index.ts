export { type ContentOptions, conditional } from './conditional.js';
export { addValidators, notModifiedFields } from './early.js';
export { type EtagOptions, etag } from './etag.js';
export type { Fields } from './fields.js';
export type { Current, Handler } from './handler.js';
export { type PreconditionOptions, precondition } from './precondition.js';
export { expectation, respond } from './write.js';
