import { type CanActivate, type ExecutionContext, Inject, Injectable, Logger } from '@nestjs/common';
import { CONTROLLERS, type Controllers } from './controllers.js';
import { type EtagModuleOptions, MODULE_OPTIONS_TOKEN } from './module-definition.js';
import { type HandlerOptions, optionsFor, optionsOf } from './options.js';
import { PlatformHost } from './platform.js';

/**
 * Has the responses of the module's controllers tagged. Nest runs it for all routes; it refuses nobody. An interceptor would
 * come at the same time, and cost more than all that is done for a tag.
 */
@Injectable()
export class TagGuard implements CanActivate {
  constructor(
    @Inject(MODULE_OPTIONS_TOKEN) private readonly options: EtagModuleOptions,
    @Inject(PlatformHost) private readonly host: PlatformHost,
    @Inject(CONTROLLERS) private readonly controllers: Controllers,
  ) {}

  canActivate(context: ExecutionContext): true {
    const controller = context.getClass();
    if (context.getType() !== 'http' || !this.controllers.has(controller)) return true;
    const { etag } = optionsFor(context.getHandler(), controller, this.options);
    const { weak, digest } = { ...this.options, ...etag };
    if (etag) this.host.platform.tag(context, { weak, digest });
    return true;
  }
}

/**
 * What the decorators bind. It needs the module, so that Nest does not start an application with decorators and without it,
 * and says where they do nothing.
 */
@Injectable()
export class EtagModuleGuard implements CanActivate {
  constructor(@Inject(CONTROLLERS) private readonly controllers: Controllers) {}

  canActivate(context: ExecutionContext): true {
    const [handler, controller] = [context.getHandler(), context.getClass()];
    if (context.getType() !== 'http') logOnce(optionsOf(handler), `${controller.name}.${handler.name}`);
    // Nobody would evaluate its preconditions.
    else if (!this.controllers.has(controller)) throw new Error(`${controller.name} is in no module with EtagModule.`);
    return true;
  }
}

const logged = new WeakSet<HandlerOptions>();

function logOnce(options: HandlerOptions | undefined, name: string): void {
  if (!options || logged.has(options)) return;
  logged.add(options);
  Logger.warn(`@Etag() and @IfMatch() do nothing on ${name}: they are for HTTP.`, 'EtagModule');
}
