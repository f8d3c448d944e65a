import {
  type CallHandler,
  type ExecutionContext,
  Inject,
  Injectable,
  Logger,
  type NestInterceptor,
} from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import type { Observable } from 'rxjs';
import { CONTROLLERS, type Controllers } from './controllers.js';
import { Exchange } from './exchange.js';
import { type EtagModuleOptions, MODULE_OPTIONS_TOKEN } from './module-definition.js';
import { type HandlerOptions, optionsFor, optionsOf } from './options.js';
import { PlatformHost } from './platform.js';

/**
 * Has the response tagged, and leads the handler to its request. The decorators bind it, so that Nest does not start an
 * application with decorators and without the module.
 */
@Injectable()
export class EtagInterceptor implements NestInterceptor {
  constructor(
    @Inject(MODULE_OPTIONS_TOKEN) private readonly options: EtagModuleOptions,
    @Inject(PlatformHost) private readonly host: PlatformHost,
    @Inject(ModuleRef) private readonly moduleRef: ModuleRef,
    @Inject(CONTROLLERS) protected readonly controllers: Controllers,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const own = optionsOf(context.getHandler());
    if (context.getType() !== 'http') {
      if (own) logOnce(own, context);
      return next.handle();
    }
    // The module registers it for all routes, and has come first.
    if (Exchange.running.getStore()?.context.getArgByIndex(0) === context.getArgByIndex(0)) return next.handle();
    const { etag } = optionsFor(context.getHandler(), context.getClass(), this.options);
    const { weak, digest } = { ...this.options, ...etag };
    if (etag) this.host.platform.tag(context, { weak, digest });
    const exchange = new Exchange(context, own ?? {}, this.host, this.moduleRef);
    return Exchange.running.run(exchange, () => next.handle());
  }
}

/** Registered for all routes, it is for those of the module's controllers. */
@Injectable()
export class RoutesInterceptor extends EtagInterceptor {
  override intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    return this.controllers.has(context.getClass()) ? super.intercept(context, next) : next.handle();
  }
}

const logged = new WeakSet<HandlerOptions>();

function logOnce(options: HandlerOptions, context: ExecutionContext): void {
  if (logged.has(options)) return;
  logged.add(options);
  const name = `${context.getClass().name}.${context.getHandler().name}`;
  Logger.warn(`@Etag() and @IfMatch() do nothing on ${name}: they are for HTTP.`, 'EtagModule');
}
