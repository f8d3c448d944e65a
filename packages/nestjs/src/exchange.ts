import { AsyncLocalStorage } from 'node:async_hooks';
import {
  type Circumstances,
  type Expectation,
  expectation,
  findReadState,
  guardWrite,
  isEtagError,
  isOutcome,
  type Outcome,
  type RequestHead,
  takesValidators,
} from '@etag/core';
import { stopProducer } from '@etag/node';
import { type ExecutionContext, StreamableFile } from '@nestjs/common';
import type { ModuleRef } from '@nestjs/core';
import { catchError, filter, isObservable, map, type Observable, takeLast } from 'rxjs';
import { ANSWERED, setAnswered } from './answered.ts';
import { type Current, findCurrent, type State } from './current.ts';
import { asException } from './exception.ts';
import { EXPECTED } from './expected.ts';
import { type HandlerOptions, hasReturnedState } from './options.ts';
import type { PlatformHost } from './platform-host.ts';
import { returnedState } from './returned-state.ts';
import { answerTo, contentOf } from './write.ts';

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
      if (await this.#isCurrent()) return ANSWERED;
      const expected = await this.#expectation();
      const returned = await handler(...args.map((arg) => (arg === EXPECTED ? expected : arg)));
      if (!this.options.ifMatch && !hasReturnedState(this.options)) return returned;
      return isObservable(returned) ? lastOf(returned, (value) => this.#after(value)) : this.#after(returned);
    } catch (error) {
      throw asException(error);
    }
  }

  /** What comes out of the interceptors below. One that answered instead of the handler, a cache, has its value's version. */
  settle(values: Observable<unknown>): Observable<unknown> {
    if (!hasReturnedState(this.options)) return values;
    return lastOf(values, (value) => (this.#isReached ? value : this.#afterCache(value)));
  }

  /** RFC 9110 §13.2.1: after the checks of guards and pipes, just before the action of the method. */
  async #isCurrent(): Promise<boolean> {
    const { current } = this.options.etag || {};
    if (!current || !this.#takesValidators()) return false;
    const seen = this.#circumstances(false);
    const found = findReadState(this.request, () => this.#find(current), this.#host.options, seen);
    // To wait for what is there would cost a turn.
    const state = found instanceof Promise ? await found : found;
    return this.#isAnswered(state, seen);
  }

  async #expectation(): Promise<Expectation | undefined> {
    if (!this.options.ifMatch) return undefined;
    const { require, acceptWeakened, timeout } = this.#host.options;
    const options = { require, acceptWeakened, timeout, ...this.options.ifMatch };
    const { current } = options;
    const seen = this.#circumstances(false);
    if (current) await guardWrite(this.request, () => this.#find(current), options, seen);
    return expectation(this.request, options, seen);
  }

  #after(value: unknown): unknown {
    return this.options.ifMatch && isOutcome(value) ? this.#respond(value) : this.#answer(value);
  }

  /** What came from a cache may have another shape, and no version: then it goes out without a tag. */
  #afterCache(value: unknown): unknown {
    try {
      return this.#answer(value);
    } catch (error) {
      if (isEtagError(error)) throw error;
      return value;
    }
  }

  #respond(outcome: Outcome<unknown>): unknown {
    const { status, headers, body } = answerTo(this.request, outcome, this.options.ifMatch, this.#circumstances(true));
    const { adapter } = this.#host;
    const response = this.#response();
    adapter.status(response, status);
    for (const [name, value] of Object.entries(headers)) adapter.setHeader(response, name, value);
    return body;
  }

  /** The value goes on to the interceptors, unless a 304 is sent instead. */
  #answer(value: unknown): unknown {
    if (!hasReturnedState(this.options) || !this.#takesValidators()) return value;
    const etag = this.options.etag || {};
    const content = etag.stored ? contentOf(this.request, value) : value;
    const state = returnedState(etag, value);
    try {
      if (!this.#isAnswered(state, this.#circumstances(true))) return content;
    } catch (error) {
      discard(value);
      throw error;
    }
    discard(value);
    return ANSWERED;
  }

  #isAnswered(state: State, seen: Circumstances): boolean {
    const isAnswered = this.#host.platform.answerCurrent(this.#context, state, seen);
    if (isAnswered) setAnswered(this.#response());
    return isAnswered;
  }

  #takesValidators(): boolean {
    return takesValidators(this.request.method, this.#response().statusCode);
  }

  #circumstances(handlerRan: boolean): Circumstances {
    return this.#host.platform.circumstances(this.#context, this.#host.options, handlerRan);
  }

  #find(current: Current): State | Promise<State> {
    return findCurrent(current, this.#moduleRef, this.#context);
  }

  #response(): { readonly statusCode: number } {
    return this.#context.switchToHttp().getResponse();
  }
}

/** Of several values, Nest sends the last. */
function lastOf(values: Observable<unknown>, next: (value: unknown) => unknown): Observable<unknown> {
  return values.pipe(
    takeLast(1),
    map(next),
    filter((value) => value !== ANSWERED),
    catchError((error) => {
      throw asException(error);
    }),
  );
}

/** Content that does not go out is not produced. */
function discard(value: unknown): void {
  if (value instanceof StreamableFile) stopProducer(value.getStream());
  const body = value instanceof Response ? value.body : value;
  // A failure of what nobody reads is nobody's.
  if (body instanceof ReadableStream) body.cancel().catch(() => {});
}
