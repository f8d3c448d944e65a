import { type ArgumentsHost, Catch } from '@nestjs/common';
import { EXCEPTION_FILTERS_METADATA } from '@nestjs/common/constants.js';
import { BaseExceptionFilter } from '@nestjs/core';
import { EmptyError } from 'rxjs';

/** The responses that are a 304, sent before their handler ran or after. */
const answered = new WeakSet<object>();

/** Notes that a response is sent. */
export function setAnswered(response: object): void {
  answered.add(response);
}

/**
 * Ends the way of a request whose 304 is sent. To interceptors it looks like an Observable that completes without a value:
 * there is nothing to map, nothing to cache, and no error to count. Nest, which waits for a value, says so after all of them.
 */
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
