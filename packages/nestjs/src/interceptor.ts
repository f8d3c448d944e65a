import {
  type CallHandler,
  type ExecutionContext,
  Inject,
  Injectable,
  type NestInterceptor,
  Optional,
} from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import type { Observable } from 'rxjs';
import { Exchange } from './exchange.ts';
import { optionsOf } from './options.ts';
import { PLATFORM, type PlatformHost } from './platform-host.ts';

/** Leads a handler that is decorated to its request. */
@Injectable()
export class EtagInterceptor implements NestInterceptor {
  /** @param host - absent in a unit test without `EtagModule`, where no request comes by */
  constructor(
    @Optional() @Inject(PLATFORM) private readonly host: PlatformHost,
    @Inject(ModuleRef) private readonly moduleRef: ModuleRef,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const options = optionsOf(context.getHandler());
    if (!options || context.getType() !== 'http') return next.handle();
    const exchange = new Exchange(context, options, this.host, this.moduleRef);
    return exchange.settle(Exchange.running.run(exchange, () => next.handle()));
  }
}
