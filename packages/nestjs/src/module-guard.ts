import {
  type CanActivate,
  type ExecutionContext,
  Inject,
  Injectable,
  Logger,
  type OnModuleInit,
  Optional,
} from '@nestjs/common';
import { CONTROLLERS, type Controllers } from './controllers.ts';
import { type HandlerOptions, optionsOf } from './options.ts';

/**
 * Bound by the decorators. An application with decorators and without the module does not start: nobody is to learn from a lost
 * update that it is missing. A testing module that is only compiled needs no `EtagModule`, so that controllers can be tested as
 * they are. The guard also says where decorators do nothing.
 */
@Injectable()
export class EtagModuleGuard implements CanActivate, OnModuleInit {
  constructor(@Optional() @Inject(CONTROLLERS) private readonly controllers?: Controllers) {}

  onModuleInit(): void {
    if (this.controllers) return;
    throw new Error(
      '@Etag() and @IfMatch() need EtagModule: import EtagModule.forRoot() into the module of the application.',
    );
  }

  canActivate(context: ExecutionContext): true {
    const [handler, controller] = [context.getHandler(), context.getClass()];
    if (context.getType() !== 'http') logOnce(optionsOf(handler), `${controller.name}.${handler.name}`);
    // Nobody would evaluate its preconditions.
    else if (!this.controllers?.has(controller)) throw new Error(`${controller.name} is in no module with EtagModule.`);
    return true;
  }
}

const logged = new WeakSet<HandlerOptions>();

function logOnce(options: HandlerOptions | undefined, name: string): void {
  if (!options || logged.has(options)) return;
  logged.add(options);
  Logger.warn(`@Etag() and @IfMatch() do nothing on ${name}: they are for HTTP.`, 'EtagModule');
}
