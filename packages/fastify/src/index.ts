export type { Current } from './current.js';
export { type EtagOptions, etag } from './etag.js';
export { type EtagPluginOptions, etagPlugin, etagPlugin as default, onSend } from './plugin.js';
export { type PreconditionOptions, precondition } from './precondition.js';
export { expectation, respond } from './write.js';
