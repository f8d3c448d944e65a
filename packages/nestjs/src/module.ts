import { Module } from '@nestjs/common';
import { APP_GUARD, ModulesContainer } from '@nestjs/core';
import { bindFirst } from './answered.ts';
import { CONTROLLERS, controllersOf, handlersOf } from './controllers.ts';
import { ConfigurableModuleClass, type OPTIONS_TYPE } from './module-definition.ts';
import { checkModuleOptions, type EtagModuleOptions, MODULE_OPTIONS_TOKEN } from './module-options.ts';
import { describeHandlers } from './openapi.ts';
import { PLATFORM, PlatformHost } from './platform-host.ts';
import { TagGuard } from './tag-guard.ts';

/**
 * Tags the responses of an application, makes the decorators work, and sends refusals as problem details.
 *
 * @example
 * @Module({ imports: [EtagModule.forRoot()] })
 */
@Module({
  providers: [
    { provide: PLATFORM, useClass: PlatformHost },
    { provide: APP_GUARD, useClass: TagGuard },
    {
      provide: CONTROLLERS,
      inject: [ModulesContainer, MODULE_OPTIONS_TOKEN],
      useFactory: async (modules: ModulesContainer, options: EtagModuleOptions) => {
        checkModuleOptions(options);
        const controllers = controllersOf(modules, options);
        const handlers = handlersOf(controllers);
        for (const { value } of handlers) bindFirst(value);
        await describeHandlers(handlers, options);
        return controllers;
      },
    },
  ],
  exports: [CONTROLLERS, MODULE_OPTIONS_TOKEN, PLATFORM],
})
export class EtagModule extends ConfigurableModuleClass {
  /** @param options - what holds where no decorator says otherwise, `isGlobal` and `filter` */
  static override forRoot(options: typeof OPTIONS_TYPE = {}) {
    // biome-ignore lint/complexity/noThisInStatic: the module that it defines is `this`
    return super.forRoot(options);
  }
}
