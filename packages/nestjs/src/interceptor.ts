import { type CallHandler, type ExecutionContext, Inject, Injectable, type NestInterceptor } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import type { Observable } from 'rxjs';
import { Exchange } from './exchange.js';
import { optionsOf } from './options.js';
import { PlatformHost } from './platform.js';

/** Leads a handler that is decorated to its request. */
@Injectable()
export class EtagInterceptor implements NestInterceptor {
  constructor(
    @Inject(PlatformHost) private readonly host: PlatformHost,
    @Inject(ModuleRef) private readonly moduleRef: ModuleRef,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const options = optionsOf(context.getHandler());
    if (!options || context.getType() !== 'http') return next.handle();
    return Exchange.running.run(new Exchange(context, options, this.host, this.moduleRef), () => next.handle());
  }
}
