import { checkOptions, type PreconditionOptions, type ReadOptions } from '@etag/core';

/** What holds where no decorator says otherwise. */
export interface EtagModuleOptions extends ReadOptions, Pick<PreconditionOptions, 'acceptWeakened'> {
  /**
   * Whether each PUT, PATCH and DELETE needs If-Match or If-None-Match, whatever its handler; `@IfMatch({ require: false })`
   * exempts one.
   * @default false
   */
  require?: boolean | undefined;
  /** Whether responses get a tag of their content. @default true */
  content?: boolean | undefined;
}

/** The token of the options: registered, as those of the other providers, so that two copies of this package share them. */
export const MODULE_OPTIONS_TOKEN = Symbol.for('@etag/nestjs options');

const NAMES = ['content', 'weak', 'digest', 'require', 'acceptWeakened', 'timeout', 'onDecision'];

/**
 * Checks the options of the module, when the application starts.
 *
 * @throws TypeError for an option that there is not, or a `timeout` that is not a time
 */
export function checkModuleOptions(options: EtagModuleOptions): void {
  checkOptions(options, NAMES);
}
