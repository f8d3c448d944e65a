import { RequestMethod } from '@nestjs/common';
import { HTTP_CODE_METADATA, METHOD_METADATA } from '@nestjs/common/constants.js';
import type { ApiResponseMetadata } from '@nestjs/swagger';
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
    const descriptions = descriptionsOf(value, optionsFor(value, controller, options), swagger);
    for (const decorator of descriptions) decorator(controller.prototype, name, { value });
  }
}

const TAG = { type: 'string', example: '"v7"' } as const;
const ETAG = { ETag: { description: 'Names the current state', schema: TAG } };
const PROBLEM = {
  'application/problem+json': {
    schema: {
      type: 'object',
      properties: {
        title: { type: 'string' },
        status: { type: 'integer' },
        detail: { type: 'string' },
        field: { type: 'string', nullable: true },
        reason: { type: 'string' },
        current: { ...TAG, nullable: true },
      },
    },
  },
} as const;

/** What a description gets: request fields, and answers that are given only where the handler describes none itself. */
interface Part {
  fields: string[];
  answers: (ApiResponseMetadata & { status: number })[];
}

const READ: Part = {
  fields: ['If-None-Match'],
  answers: [{ status: 304, description: 'The client has the current state.', headers: ETAG }],
};
const WRITE: Part = {
  fields: ['If-Match', 'If-None-Match'],
  answers: [{ status: 412, description: 'Another state is current.', headers: ETAG, content: PROBLEM }],
};
const REQUIRED: Part = {
  fields: [],
  answers: [{ status: 428, description: 'Neither If-Match nor If-None-Match was sent.', content: PROBLEM }],
};

function descriptionsOf(
  handler: Handler['value'],
  { etag, ifMatch }: HandlerOptions,
  swagger: Swagger,
): MethodDecorator[] {
  const { ApiHeader, ApiResponse, DECORATORS } = swagger;
  const method: RequestMethod = Reflect.getMetadata(METHOD_METADATA, handler);
  const isRead = etag && ['GET', 'HEAD', 'QUERY'].includes(RequestMethod[method]);
  const parts = [...(isRead ? [READ] : []), ...(ifMatch ? [WRITE] : []), ...(ifMatch?.require ? [REQUIRED] : [])];
  if (parts.length === 0) return [];
  const given: Record<string, ApiResponseMetadata> = Reflect.getMetadata(DECORATORS.API_RESPONSE, handler) ?? {};
  const successes = Object.keys(given).filter((status) => status.startsWith('2'));
  // Where any answer is described, the default is not.
  if (successes.length === 0) successes.push(defaultStatus(handler, method));
  const fields = new Set(parts.flatMap(({ fields }) => fields));
  const answers = parts.flatMap(({ answers }) => answers).filter(({ status }) => !(status in given));
  const tagged = (given?: ApiResponseMetadata) => isRead && { headers: { ...given?.headers, ...ETAG } };
  return [
    ...Array.from(fields, (name) => ApiHeader({ name, required: false, schema: TAG })),
    ...successes.map((status) =>
      ApiResponse({ ...given[status], ...tagged(given[status]), description: '', status: status as '2XX' }),
    ),
    ...answers.map((answer) => ApiResponse({ ...answer })),
  ];
}

function defaultStatus(handler: object, method: RequestMethod): string {
  return `${Reflect.getMetadata(HTTP_CODE_METADATA, handler) ?? (method === RequestMethod.POST ? 201 : 200)}`;
}
