import { AsyncLocalStorage } from 'node:async_hooks';
import { type Expectation, guard, oneOf } from '@etag/concurrency';
import { checkPreconditions, isConditional, type RequestHead } from '@etag/core';
import { type ExecutionContext, StreamableFile } from '@nestjs/common';
import type { ModuleRef } from '@nestjs/core';
import { concatMap, isObservable, takeLast } from 'rxjs';
import { type Current, currentState, returnedState, type State } from './current.js';
import { ANSWERED } from './errors.js';
import type { EtagOptions, HandlerOptions } from './options.js';
import { answerOf, isOutcome } from './outcome.js';
import type { PlatformHost } from './platform.js';

/** Stands where a handler takes its expectation, until the pipes have passed. Should it stay there, it never holds. */
export const EXPECTED: Expectation = Object.freeze(oneOf());

/** A request on its way through a handler with decorators. */
export class Exchange {
  /** Leads from the interceptor, which knows the request, to the handler, which is called after the pipes. */
  static readonly running = new AsyncLocalStorage<Exchange>();

  constructor(
    readonly context: ExecutionContext,
    readonly options: HandlerOptions,
    private readonly host: PlatformHost,
    private readonly moduleRef: ModuleRef,
  ) {}

  /**
   * Calls the handler between what comes before and after its work.
   *
   * @param args - what the pipes made of the request
   * @throws ANSWERED when a 304 is sent
   */
  async perform(handler: (...args: unknown[]) => unknown, args: unknown[]): Promise<unknown> {
    const expectation = await this.before();
    const returned = await handler(...args.map((arg) => (arg === EXPECTED ? expectation : arg)));
    const { version, lastModified } = this.etag;
    if (!this.options.ifMatch && !version && !lastModified) return returned;
    // Nest sends the last value.
    return isObservable(returned)
      ? returned.pipe(
          takeLast(1),
          concatMap((value) => this.after(value)),
        )
      : this.after(returned);
  }

  /** RFC 9110 §13.2.1: after the checks that guards and pipes make, before the action of the method. */
  private async before(): Promise<Expectation | undefined> {
    const { ifMatch } = this.options;
    if (this.etag.current && this.isRead()) await this.settle(await this.find(this.etag.current));
    if (!ifMatch) return;
    const { required: require, current } = ifMatch;
    if (current) checkPreconditions(this.request(), (await this.find(current)) ?? null, { require });
    return guard(this.request(), { require });
  }

  private async after(value: unknown): Promise<unknown> {
    const { ifMatch } = this.options;
    if (ifMatch && isOutcome(value)) {
      const { status, headers, body } = answerOf(value, this.request(), ifMatch);
      const response: unknown = this.context.switchToHttp().getResponse();
      this.host.adapter.status(response, status);
      for (const [name, value] of Object.entries(headers)) this.host.adapter.setHeader(response, name, value);
      return body;
    }
    if (!this.isRead()) return value;
    await this.settle(returnedState(this.etag, value)).catch((error) => {
      // Nobody reads what is not sent.
      if (value instanceof StreamableFile) value.getStream().destroy();
      throw error;
    });
    return value;
  }

  private get etag(): EtagOptions<unknown> {
    return this.options.etag || {};
  }

  private find(current: Current): Promise<State> {
    return currentState(current, this.moduleRef, this.context);
  }

  private async settle(state: State): Promise<void> {
    if (state && (await this.host.platform.evaluate(this.context, state))) throw ANSWERED;
  }

  /** Whether the response is one that can be spared. */
  private isRead(): boolean {
    const http = this.context.switchToHttp();
    return isConditional(http.getRequest().method, http.getResponse().statusCode);
  }

  /** Node keeps the first of repeated lines in `headers` only; Fastify's `inject()` has no others. */
  private request(): RequestHead {
    const request = this.context.switchToHttp().getRequest();
    return { method: request.method, headers: (request.raw ?? request).headersDistinct ?? request.headers };
  }
}
