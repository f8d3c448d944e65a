import type { ContentTagOptions } from '@etag/core';
import { ConfigurableModuleBuilder, type ExceptionFilter, type Type } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { EtagErrorFilter } from './exception-filter.ts';

/** What holds where no decorator says otherwise. */
export interface EtagModuleOptions extends ContentTagOptions {
  /** Whether responses get a tag of their content. @default true */
  content?: boolean | undefined;
}

/** What `forRoot` and `forRootAsync` take beside the options. */
const extras = {
  /** Whether the module is for the whole application, or for the modules that import it. @default true */
  isGlobal: true,
  /** The exception filter for the errors of these packages. @default EtagErrorFilter */
  filter: EtagErrorFilter as Type<ExceptionFilter>,
};

/** The token of the options: registered, as those of the other providers, so that two copies of this package share them. */
const OPTIONS = Symbol.for('@etag/nestjs options');

export const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN, OPTIONS_TYPE } =
  new ConfigurableModuleBuilder<EtagModuleOptions>({ moduleName: 'Etag', optionsInjectionToken: OPTIONS })
    .setClassMethodName('forRoot')
    .setExtras(extras, ({ providers = [], ...definition }, { isGlobal, filter }) => ({
      ...definition,
      global: isGlobal,
      providers: [...providers, { provide: APP_FILTER, useClass: filter }],
    }))
    .build();
