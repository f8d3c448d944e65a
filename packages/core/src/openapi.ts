/**
 * The parts of an OpenAPI operation that conditional requests add to. The operation of any library that makes documents is
 * one: what its parameters and responses are is for the library to say.
 */
export interface Operation {
  readonly parameters?: readonly unknown[] | undefined;
  readonly responses?: Readonly<Record<string, object>> | undefined;
  /** Of a route of `@hono/zod-openapi`: what it takes, with its header fields as Zod objects. */
  readonly request?: unknown;
}

/** How a write is described. */
export interface GuardedWriteOptions {
  /** Whether a write without a precondition is refused with 428. @default false */
  require?: boolean | undefined;
}

const TAG = { type: 'string', example: '"v7"' } as const;

/** The response header field that names the current state. */
const ETAG = { ETag: { description: 'Names the current state', schema: TAG } };

// What may be null has no type: OpenAPI 3.0 says `nullable`, 3.1 says `type: ['string', 'null']`, and neither knows the other's.
const PROBLEM = {
  'application/problem+json': {
    schema: {
      type: 'object',
      properties: {
        title: { type: 'string' },
        status: { type: 'integer' },
        detail: { type: 'string' },
        field: { description: 'The request field that decided, or null', example: 'if-match' },
        reason: { type: 'string' },
        current: { description: 'The current tag, or null', example: '"v7"' },
      },
    },
  },
};

const NOT_MODIFIED = { description: 'The client has the current state.', headers: ETAG };
const FAILED = { description: 'Another state is current.', headers: ETAG, content: PROBLEM };
const REQUIRED = { description: 'Neither If-Match nor If-None-Match was sent.', content: PROBLEM };

/**
 * Describes a conditional read in OpenAPI (3.0 and 3.1): If-None-Match, ETag on each 2xx, and 304. What the operation says
 * itself stays. A response that is a reference, and header fields that are not a plain object, are left as they are; a parameter that
 * is a reference is not looked up.
 *
 * @param operation - of the document, or the route that it is made from; with its responses, if it has any
 * @returns a copy with what was missing
 * @see RFC 9110 §8.8.3, §13.1.2, §15.4.5
 * @example
 * const { parameters, responses } = conditionalRead({ responses: { 200: { description: 'The note' } } });
 */
export function conditionalRead<T extends Operation>(operation: T): T {
  const responses = Object.entries(operation.responses ?? {}).map(([status, response]) => [
    status,
    /^2(\d\d|XX)$/.test(status) ? withTag(response) : response,
  ]);
  return described(operation, Object.fromEntries(responses), ['If-None-Match'], { 304: NOT_MODIFIED });
}

/**
 * Describes a conditional write in OpenAPI (3.0 and 3.1): If-Match and If-None-Match, 412, and 428 where a precondition is
 * required, with the problem details of a refusal. What the operation says itself stays.
 *
 * @param operation - of the document, or the route that it is made from; with its responses, if it has any
 * @param options - `require`: whether a write without a precondition is refused
 * @returns a copy with what was missing
 * @see RFC 9110 §13.1.1, §15.5.13, RFC 6585 §3, RFC 9457
 */
export function guardedWrite<T extends Operation>(operation: T, { require = false }: GuardedWriteOptions = {}): T {
  const refusals = { 412: FAILED, ...(require && { 428: REQUIRED }) };
  return described(operation, operation.responses, ['If-Match', 'If-None-Match'], refusals);
}

function withTag(response: { readonly headers?: object }): object {
  const { headers = {} } = response;
  // OpenAPI ignores what stands beside a reference. A Zod schema is not ours to change.
  const isOpen = !('$ref' in response) && Object.getPrototypeOf(headers) === Object.prototype;
  if (!isOpen || Object.keys(headers).some((name) => name.toLowerCase() === 'etag')) return response;
  return { ...response, headers: { ...structuredClone(ETAG), ...headers } };
}

function described<T extends Operation>(
  operation: T,
  given: Operation['responses'],
  fields: readonly string[],
  added: Readonly<Record<string, object>>,
): T {
  const { parameters = [] } = operation;
  const taken = [...parameters.map(fieldOf), ...fieldsOfRequest(operation)].map((name) => name?.toLowerCase());
  const missing = fields.filter((name) => !taken.includes(name.toLowerCase()));
  const more = missing.map((name) => ({ name, in: 'header', required: false, schema: { ...TAG } }));
  return { ...operation, parameters: [...parameters, ...more], responses: { ...structuredClone(added), ...given } };
}

/** The header field that a parameter describes; undefined for a parameter that is something else. */
function fieldOf(parameter: unknown): string | undefined {
  const { name, in: where } = parameter as { name?: unknown; in?: unknown };
  return where === 'header' && typeof name === 'string' ? name : undefined;
}

/** The keys of the Zod objects that a route has for its header fields: one object, or several. */
function fieldsOfRequest({ request }: Operation): string[] {
  const { headers } = (request ?? {}) as { readonly headers?: unknown };
  const objects = [headers].flat() as readonly ({ readonly shape?: object } | undefined)[];
  return objects.flatMap((object) => Object.keys(object?.shape ?? {}));
}
