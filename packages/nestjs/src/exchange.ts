import { AsyncLocalStorage } from 'node:async_hooks';
import { checkPreconditions, type Expectation, expectation, isOutcome, type Outcome, type RequestHead, takesValidators } from '@etag/core';
import { type ExecutionContext, StreamableFile } from '@nestjs/common';
import type { ModuleRef } from '@nestjs/core';
import { catchError, concatMap, EMPTY, filter, isObservable, type Observable, takeLast } from 'rxjs';
import { setAnswered } from './answered.ts';
import { type Current, findCurrent, type State } from './current.ts';
import { asException } from './exception.ts';
import { EXPECTED } from './expected.ts';
import { type HandlerOptions, hasReturnedState } from './options.ts';
import type { PlatformHost } from './platform-host.ts';
import { returnedState } from './returned-state.ts';
import { answerTo } from './write.ts';

/** A request on its way through a handler with decorators. */
export class Exchange {
  /** Leads from the interceptor, which knows the request, to the handler, which is called after the pipes. */
  static readonly running = new AsyncLocalStorage<Exchange>();

  readonly options: HandlerOptions;
  readonly #context: ExecutionContext;
  readonly #host: PlatformHost;
  readonly #moduleRef: ModuleRef;
  /** Whether the handler was reached; an interceptor may have answered instead. */
  #isReached = false;

  constructor(context: ExecutionContext, options: HandlerOptions, host: PlatformHost, moduleRef: ModuleRef) {
    this.options = options;
    this.#context = context;
    this.#host = host;
    this.#moduleRef = moduleRef;
  }

  get request(): RequestHead {
    return this.#host.platform.requestHead(this.#context);
  }

  /**
   * Calls the handler between what comes before and after its work.
   *
   * @param args - what the pipes made of the request
   * @returns what the interceptors see: an Observable without a value where a 304 is sent
   */
  async perform(handler: (...args: unknown[]) => unknown, args: unknown[]): Promise<unknown> {
    this.#isReached = true;
    try {
      if (await this.#isCurrent()) return EMPTY;
      const expected = await this.#expectation();
      const returned = await handler(...args.map((arg) => (arg === EXPECTED ? expected : arg)));
      if (!this.options.ifMatch && !hasReturnedState(this.options)) return returned;
      return isObservable(returned) ? lastOf(returned, (value) => this.#after(value)) : await this.#after(returned);
    } catch (error) {
      throw asException(error);
    }
  }

  /** What comes out of the interceptors below. One that answered instead of the handler, a cache, has its value's version. */
  settle(values: Observable<unknown>): Observable<unknown> {
    if (!hasReturnedState(this.options)) return values;
    return lastOf(values, async (value) => (this.#isReached ? value : this.#answer(value, this.#stateOfCached(value))));
  }

  /** RFC 9110 §13.2.1: after the checks of guards and pipes, just before the action of the method. */
  async #isCurrent(): Promise<boolean> {
    const { etag } = this.options;
    if (!etag || !etag.current || !this.#takesValidators()) return false;
    return this.#isAnswered(await this.#find(etag.current));
  }

  async #expectation(): Promise<Expectation | undefined> {
    const { ifMatch } = this.options;
    if (!ifMatch) return undefined;
    if (ifMatch.current) checkPreconditions(this.request, (await this.#find(ifMatch.current)) ?? null, ifMatch);
    return expectation(this.request, ifMatch);
  }

  async #after(value: unknown): Promise<unknown> {
    const { etag, ifMatch } = this.options;
    if (ifMatch && isOutcome(value)) return this.#respond(value);
    return etag && this.#takesValidators() ? this.#answer(value, returnedState(etag, value)) : value;
  }

  #respond(outcome: Outcome<unknown>): unknown {
    const { status, headers, body } = answerTo(this.request, outcome, this.options.ifMatch);
    const { adapter } = this.#host;
    const response = this.#response();
    adapter.status(response, status);
    for (const [name, value] of Object.entries(headers)) adapter.setHeader(response, name, value);
    return body;
  }

  /** The value goes on to the interceptors, unless a 304 is sent instead. */
  async #answer(value: unknown, state: State): Promise<unknown> {
    try {
      if (!(await this.#isAnswered(state))) return value;
    } catch (error) {
      discard(value);
      throw asException(error);
    }
    discard(value);
    return EMPTY;
  }

  async #isAnswered(state: State): Promise<boolean> {
    const isAnswered = await this.#host.platform.answerCurrent(this.#context, state);
    if (isAnswered) setAnswered(this.#response());
    return isAnswered;
  }

  /** An interceptor may answer with a value of another shape. */
  #stateOfCached(value: unknown): State {
    try {
      return this.#takesValidators() ? returnedState(this.options.etag || {}, value) : null;
    } catch {
      return null;
    }
  }

  #takesValidators(): boolean {
    return takesValidators(this.request.method, this.#response().statusCode);
  }

  #find(current: Current): Promise<State> {
    return findCurrent(current, this.#moduleRef, this.#context);
  }

  #response(): { readonly statusCode: number } {
    return this.#context.switchToHttp().getResponse();
  }
}

/** Of several values, Nest sends the last. */
function lastOf(values: Observable<unknown>, next: (value: unknown) => Promise<unknown>): Observable<unknown> {
  return values.pipe(
    takeLast(1),
    concatMap(next),
    filter((value) => value !== EMPTY),
    catchError((error) => {
      throw asException(error);
    }),
  );
}

/** Content that does not go out is not produced. */
function discard(value: unknown): void {
  if (value instanceof StreamableFile) value.getStream().destroy();
  const body = value instanceof Response ? value.body : value;
  // A failure of what nobody reads is nobody's.
  if (body instanceof ReadableStream) body.cancel().catch(() => {});
}
