export type { Current, CurrentState } from './current.js';
export { EtagErrorFilter, WriteRefusedError } from './errors.js';
export { Etag, type HandlerDecorator } from './etag.js';
export { Expected, type ExpectedDecorator, IfMatch } from './if-match.js';
export { EtagModule } from './module.js';
export type { EtagModuleOptions } from './module-definition.js';
export type { EtagOptions, IfMatchOptions } from './options.js';
