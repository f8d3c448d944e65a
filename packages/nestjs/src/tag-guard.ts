import { requirePreconditionOfWrite } from '@etag/core';
import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import { CONTROLLERS, type Controllers } from './controllers.ts';
import { asException } from './exception.ts';
import { type EtagModuleOptions, MODULE_OPTIONS_TOKEN } from './module-options.ts';
import { hasState, optionsFor } from './options.ts';
import { PLATFORM, type PlatformHost } from './platform-host.ts';

/**
 * Tags the responses of the module's controllers by their content, but for handlers whose validators come from elsewhere: a
 * digest in the place of a version would make the next write a 412.
 *
 * Nest runs it for all routes. It refuses nobody but a write without a precondition where one is required. An interceptor would
 * come at the same time, and cost more than all that is done for a tag.
 */
@Injectable()
export class TagGuard implements CanActivate {
  constructor(
    @Inject(MODULE_OPTIONS_TOKEN) private readonly options: EtagModuleOptions,
    @Inject(PLATFORM) private readonly host: PlatformHost,
    @Inject(CONTROLLERS) private readonly controllers: Controllers,
  ) {}

  canActivate(context: ExecutionContext): true {
    const controller = context.getClass();
    if (context.getType() !== 'http' || !this.controllers.has(controller)) return true;
    const options = optionsFor(context.getHandler(), controller, this.options);
    // With @IfMatch(), it is refused after the pipes.
    if (this.options.require && !options.ifMatch) this.#require(context);
    if (options.etag && !hasState(options)) this.host.platform.finish(context, { ...this.options, ...options.etag });
    return true;
  }

  /** Refuses a write without a precondition, before its content is checked. */
  #require(context: ExecutionContext): void {
    const { platform } = this.host;
    try {
      const seen = platform.circumstances(context, this.options, false);
      requirePreconditionOfWrite(platform.requestHead(context), seen);
    } catch (error) {
      throw asException(error);
    }
  }
}
