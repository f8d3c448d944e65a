import { ConfigurableModuleBuilder, type ExceptionFilter, type Type } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { EtagErrorFilter } from './exception-filter.ts';
import { type EtagModuleOptions, MODULE_OPTIONS_TOKEN } from './module-options.ts';

/** What `forRoot` and `forRootAsync` take beside the options. */
const extras = {
  /** Whether the module is for the whole application, or for the modules that import it. @default true */
  isGlobal: true,
  /** The exception filter for the errors of these packages. @default EtagErrorFilter */
  filter: EtagErrorFilter as Type<ExceptionFilter>,
};

export const { ConfigurableModuleClass, OPTIONS_TYPE } = new ConfigurableModuleBuilder<EtagModuleOptions>({
  moduleName: 'Etag',
  optionsInjectionToken: MODULE_OPTIONS_TOKEN,
})
  .setClassMethodName('forRoot')
  .setExtras(extras, ({ providers = [], ...definition }, { isGlobal, filter }) => ({
    ...definition,
    global: isGlobal,
    providers: [...providers, { provide: APP_FILTER, useClass: filter }],
  }))
  .build();
