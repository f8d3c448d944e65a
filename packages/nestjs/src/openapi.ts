import { conditionalRead, guardedWrite, type Operation } from '@etag/core/openapi';
import { RequestMethod } from '@nestjs/common';
import { HTTP_CODE_METADATA, METHOD_METADATA } from '@nestjs/common/constants.js';
import type { ApiHeaderOptions, ApiResponseMetadata } from '@nestjs/swagger';
import type { Handler } from './controllers.ts';
import type { EtagModuleOptions } from './module-options.ts';
import { type HandlerOptions, optionsFor } from './options.ts';

type Swagger = typeof import('@nestjs/swagger');

const described = new WeakSet<Handler['value']>();

/**
 * Describes what handlers take and answer, where `@nestjs/swagger` is there to read it. Not the decorators do it but the
 * module, which knows all that the decorators of a handler say.
 */
export async function describeHandlers(handlers: readonly Handler[], options: EtagModuleOptions): Promise<void> {
  const swagger = await import('@nestjs/swagger').catch(() => null);
  if (!swagger) return;
  for (const { controller, name, value } of handlers) {
    if (described.has(value)) continue;
    described.add(value);
    const descriptions = descriptionsOf(value, controller, optionsFor(value, controller, options), swagger);
    for (const decorator of descriptions) decorator(controller.prototype, name, { value });
  }
}

function descriptionsOf(
  handler: Handler['value'],
  controller: Handler['controller'],
  { etag, ifMatch }: HandlerOptions,
  swagger: Swagger,
): MethodDecorator[] {
  const { ApiHeader, ApiResponse, DECORATORS } = swagger;
  const method: RequestMethod = Reflect.getMetadata(METHOD_METADATA, handler);
  const isRead = etag && ['GET', 'HEAD', 'QUERY'].includes(RequestMethod[method]);
  if (!isRead && !ifMatch) return [];
  const given: Record<string, ApiResponseMetadata> = Reflect.getMetadata(DECORATORS.API_RESPONSE, handler) ?? {};
  const successes = Object.keys(given).filter((status) => status.startsWith('2'));
  // Where any answer is described, the default is not.
  if (successes.length === 0) successes.push(defaultStatus(handler, method));
  // Swagger joins the descriptions of what is described twice.
  const own = Object.fromEntries(successes.map((status) => [status, { ...given[status], description: '' }]));
  const taken = parametersOf(handler, controller, DECORATORS);
  const operation: Operation = { parameters: taken, responses: { ...given, ...own } };
  const read = isRead ? conditionalRead(operation) : operation;
  const { parameters = [], responses = {} } = ifMatch ? guardedWrite(read, ifMatch) : read;
  const described = Object.entries(responses)
    .filter(([status]) => status in own || !(status in given))
    .map(([status, response]) => ({ ...response, status: status as '2XX' }));
  return [
    ...parameters.slice(taken.length).map((parameter) => ApiHeader(parameter as ApiHeaderOptions)),
    ...described.map((response) => ApiResponse(response)),
  ];
}

/** What `@ApiHeader()` and the like say already, of the handler and of its controller. */
function parametersOf(handler: object, controller: object, { API_PARAMETERS, API_HEADERS }: Swagger['DECORATORS']) {
  const ofHandler: unknown[] = Reflect.getMetadata(API_PARAMETERS, handler) ?? [];
  const ofController: unknown[] = Reflect.getMetadata(API_HEADERS, controller) ?? [];
  return [...ofHandler, ...ofController];
}

function defaultStatus(handler: object, method: RequestMethod): string {
  return `${Reflect.getMetadata(HTTP_CODE_METADATA, handler) ?? (method === RequestMethod.POST ? 201 : 200)}`;
}
