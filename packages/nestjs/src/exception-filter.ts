import { type EtagError, isEtagError } from '@etag/core';
import { type ArgumentsHost, Catch, type ExceptionFilter, Inject, type Type } from '@nestjs/common';
import { PLATFORM, type PlatformHost } from './platform-host.ts';

/** Nest asks by `instanceof` which filter an error is for; this takes the errors of a second installed copy as well. */
const AnyEtagError = { [Symbol.hasInstance]: isEtagError } as unknown as Type<EtagError>;

/**
 * Sends a 412 or a 428 as problem details. `EtagModule` registers it; a filter that is bound to a controller or a handler
 * comes first, and `EtagModule.forRoot({ filter })` puts another one in its place.
 *
 * @see RFC 9457
 */
@Catch(AnyEtagError)
export class EtagErrorFilter implements ExceptionFilter<EtagError> {
  constructor(@Inject(PLATFORM) private readonly host: PlatformHost) {}

  /**
   * Sends the response that an error carries, unless another one is sent already.
   *
   * @param error - an error of these packages
   * @param host - of the request
   */
  catch(error: EtagError, host: ArgumentsHost): void {
    // Where there is no HTTP, Nest goes on as if there were no filter.
    if (host.getType() !== 'http') return;
    const { adapter, platform } = this.host;
    const response: unknown = host.switchToHttp().getResponse();
    if (adapter.isHeadersSent(response)) adapter.end(response);
    else platform.refuse(host, error);
  }
}
