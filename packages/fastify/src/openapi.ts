import { isRead } from '@etag/core';
import {
  type GuardedWriteOptions,
  type Operation,
  conditionalRead as readOperation,
  guardedWrite as writeOperation,
} from '@etag/core/openapi';
import type { FastifyInstance, FastifyPluginCallback, FastifySchema, RouteOptions } from 'fastify';
import fastifyPlugin from 'fastify-plugin';
import { type Described, descriptionOf } from './described.ts';

/** A part of a schema, as far as it is looked into. */
type Node = Readonly<Record<string, unknown>>;

/**
 * Describes a conditional read in the schema of a route, for @fastify/swagger: If-None-Match, ETag on each 2xx, and 304. What
 * the schema says itself stays.
 *
 * @param schema - of the route; @default one that says nothing
 * @returns a copy with what was missing
 * @see RFC 9110 §8.8.3, §13.1.2, §15.4.5
 * @example
 * app.get('/notes/:id', { schema: conditionalRead({ response: { 200: Note } }) }, showNote);
 */
export function conditionalRead<Schema extends FastifySchema>(schema: Schema = {} as Schema): Schema {
  // Without any response, @fastify/swagger says as much of the 200.
  const { response = { 200: { description: 'Default Response' } } } = schema;
  return described({ ...schema, response }, readOperation);
}

/**
 * Describes a conditional write in the schema of a route, for @fastify/swagger: If-Match and If-None-Match, 412, and 428 where
 * a precondition is required, with the problem details of a refusal. What the schema says itself stays.
 *
 * @param schema - of the route; @default one that says nothing
 * @param options - `require`: whether a write without a precondition is refused
 * @returns a copy with what was missing
 * @see RFC 9110 §13.1.1, §15.5.13, RFC 6585 §3, RFC 9457
 * @example
 * app.put('/notes/:id', { schema: guardedWrite({ body: Note }, { require: true }) }, saveNote);
 */
export function guardedWrite<Schema extends FastifySchema>(
  schema: Schema = {} as Schema,
  options?: GuardedWriteOptions,
): Schema {
  const { response = { '2XX': { description: 'Default Response' } } } = schema;
  return described({ ...schema, response }, (operation) => writeOperation(operation, options));
}

/**
 * Plugin: describes the routes that have `etag()` or `precondition()` among their hooks. Register it before they are declared.
 * The methods of one route share a schema, and so what is said of them. A route with a validator or serializer of its own, such as
 * that of a type provider for Zod, is left as it is: its schema is not JSON Schema.
 *
 * @example
 * await app.register(swagger, { openapi: {} });
 * await app.register(describeRoutes);
 */
export const describeRoutes: FastifyPluginCallback = fastifyPlugin(
  (app, _options, done) => {
    app.addHook('onRoute', function (route) {
      if (hasCompiler(route) || hasCompiler(this)) return;
      for (const hook of hooksOf(route)) {
        const what = descriptionOf(hook);
        if (what && isOfUse(what, route)) route.schema = describedBy(what, route.schema);
      }
    });
    done();
  },
  { name: '@etag/fastify/openapi', fastify: '5.x' },
);

function hooksOf({ onRequest, preParsing, preValidation, preHandler }: RouteOptions): unknown[] {
  return [onRequest, preParsing, preValidation, preHandler].flat();
}

/** Fastify's own compilers are not set before all routes are declared. */
function hasCompiler({
  validatorCompiler,
  serializerCompiler,
}: Pick<FastifyInstance | RouteOptions, 'validatorCompiler' | 'serializerCompiler'>): boolean {
  return Boolean(validatorCompiler || serializerCompiler);
}

/** `etag()` does nothing to a method that does not read. */
function isOfUse({ kind }: Described, { method }: RouteOptions): boolean {
  return kind === 'write' || [method].flat().some(isRead);
}

function describedBy(what: Described, schema: FastifySchema | undefined): FastifySchema {
  return what.kind === 'read' ? conditionalRead(schema) : guardedWrite(schema, what);
}

/** What a schema becomes by what its operation becomes in OpenAPI. */
function described<Schema extends FastifySchema>(
  schema: Schema,
  describe: (operation: Operation) => Operation,
): Schema {
  const headers = (schema.headers ?? {}) as Node;
  const given = headers.properties ?? {};
  const response = (schema.response ?? {}) as Node;
  const { parameters = [], responses = {} } = describe({
    parameters: Object.keys(given).map((name) => ({ in: 'header', name })),
    responses: Object.fromEntries(Object.entries(response).map(([status, one]) => [inOpenApi(status), one as object])),
  });
  const added = parameters as readonly { readonly name: string; readonly schema?: Node }[];
  const properties = added.flatMap(({ name, schema }) => (schema ? [[name.toLowerCase(), inJsonSchema(schema)]] : []));
  return {
    ...schema,
    // What a reference stands for is not ours to change.
    ...(!('$ref' in headers) && {
      headers: { type: 'object', ...headers, properties: { ...given, ...Object.fromEntries(properties) } },
    }),
    response: Object.fromEntries(Object.entries(responses).map(([status, one]) => [status, withPlainFields(one)])),
  };
}

/** Fastify writes `2xx` where OpenAPI has `2XX`, and takes both. */
const inOpenApi = (status: string) => status.replace(/xx$/, 'XX');

/** A header field of OpenAPI has a schema; one of @fastify/swagger is a schema. */
function withPlainFields(response: { readonly headers?: object }): object {
  const { headers } = response;
  if (!headers) return response;
  const fields = Object.entries(headers).map(([name, field]: [string, Node]) => {
    const { schema, ...rest } = field;
    return [name, schema ? { ...rest, ...inJsonSchema(schema as Node) } : field];
  });
  return { ...response, headers: Object.fromEntries(fields) };
}

/** Validators refuse the `example` of OpenAPI 3.0, which does not know the `examples` of JSON Schema. */
function inJsonSchema({ example: _, ...schema }: Node): Node {
  return schema;
}
