import { type ArgumentsHost, Catch } from '@nestjs/common';
import { EXCEPTION_FILTERS_METADATA } from '@nestjs/common/constants.js';
import { BaseExceptionFilter } from '@nestjs/core';
import { EmptyError, Observable } from 'rxjs';

/** The responses that are a 304, sent before their handler ran or after. */
const answered = new WeakSet<object>();

/** Notes that a response is sent. */
export function setAnswered(response: object): void {
  answered.add(response);
}

/**
 * What interceptors see of a request whose 304 is sent: an Observable that completes without a value. There is nothing to map,
 * nothing to cache, and no error to count.
 */
export const ANSWERED = new Observable<never>((subscriber) => {
  const { stackTraceLimit } = Error;
  // Nest waits for a value, and RxJS makes an error of that. Nobody reads its stack, which costs as much as all the rest.
  Reflect.set(Error, 'stackTraceLimit', 0);
  try {
    subscriber.complete();
  } finally {
    Reflect.set(Error, 'stackTraceLimit', stackTraceLimit);
  }
});

/** Ends the way of such a request: after all interceptors, Nest throws that there was no value. */
@Catch(EmptyError)
export class AnsweredFilter extends BaseExceptionFilter {
  override catch(error: unknown, host: ArgumentsHost): void {
    if (!answered.has(host.switchToHttp().getResponse())) super.catch(error, host);
  }
}

/** Has a handler that is bound to the filter ask it first: Nest begins with the last one, whatever decorators stand above ours. */
export function bindFirst(handler: object): void {
  const filters: unknown[] = Reflect.getMetadata(EXCEPTION_FILTERS_METADATA, handler) ?? [];
  if (!filters.includes(AnsweredFilter)) return;
  const others = filters.filter((filter) => filter !== AnsweredFilter);
  Reflect.defineMetadata(EXCEPTION_FILTERS_METADATA, [...others, AnsweredFilter], handler);
}
