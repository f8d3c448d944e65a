import { expect, it } from 'vitest';
import { conditionalRead, guardedWrite, type Operation } from './openapi.ts';

const names = ({ parameters = [] }: Operation) => parameters.map((one) => (one as { name: string }).name);

it('describes a read', () => {
  const read: Operation = conditionalRead({ responses: { 200: { description: 'ok' }, 404: { description: 'none' } } });
  expect(names(read)).toEqual(['If-None-Match']);
  expect(read.responses).toMatchObject({
    200: { description: 'ok', headers: { ETag: { schema: { type: 'string' } } } },
    304: { headers: { ETag: {} } },
  });
  expect(read.responses?.['404']).toEqual({ description: 'none' });
  expect(read.responses?.['304']).not.toHaveProperty('content');
});

it('describes a write', () => {
  const write: Operation = guardedWrite({ responses: { 204: { description: 'done' } } });
  expect(names(write)).toEqual(['If-Match', 'If-None-Match']);
  expect(Object.keys(write.responses ?? {})).toEqual(['204', '412']);
  expect(write.responses?.['412']).toMatchObject({ content: { 'application/problem+json': {} } });
  expect(Object.keys((guardedWrite({}, { require: true }) as Operation).responses ?? {})).toEqual(['412', '428']);
});

it('keeps what the operation says, and leaves it as it was', () => {
  const operation = {
    operationId: 'show',
    parameters: [
      { name: 'id', in: 'path' },
      { name: 'if-none-match', in: 'header' },
      { $ref: '#/components/parameters/a' },
    ],
    responses: {
      '2XX': { description: 'ok', headers: { ETag: { description: 'mine' }, Age: {} } },
      304: { description: 'mine' },
    },
  };
  const before = structuredClone(operation);
  const read = conditionalRead(operation);
  expect(read).toEqual(before);
  expect(operation).toEqual(before);
});

it('counts the fields that a route of @hono/zod-openapi has in its Zod objects', () => {
  const shape = (name: string) => ({ shape: { [name]: {} } });
  const request = { headers: [shape('x-note'), shape('if-match')] };
  expect(names(guardedWrite<Operation>({ request }))).toEqual(['If-None-Match']);
  expect(names(conditionalRead<Operation>({ request: { headers: shape('If-None-Match') } }))).toEqual([]);
  expect(names(conditionalRead<Operation>({ request: {} }))).toEqual(['If-None-Match']);
});

it('does not take headers apart that are not a plain object', () => {
  const headers = new Map();
  expect(conditionalRead({ responses: { 200: { description: 'ok', headers } } }).responses[200].headers).toBe(headers);
});

it('adds a header parameter that a client may leave out', () => {
  const schema = { type: 'string', example: '"v7"' };
  expect((conditionalRead({}) as Operation).parameters).toEqual([
    { name: 'If-None-Match', in: 'header', required: false, schema },
  ]);
});

it('counts only parameters that are header fields', () => {
  const parameters = [
    { name: 'if-none-match', in: 'query' },
    { name: 7, in: 'header' },
  ];
  expect(names(conditionalRead({ parameters }))).toEqual(['if-none-match', 7, 'If-None-Match']);
});

it('adds a tag to a 2xx that has none, whatever the case of its name, and to nothing else', () => {
  const responses = {
    200: { description: 'has other fields', headers: { Age: {} } },
    201: { description: 'has it', headers: { etag: { description: 'mine' } } },
    202: { $ref: '#/components/responses/accepted' },
    'x-200': { description: 'an extension' },
    '200-old': { description: 'not a status' },
  };
  const read = conditionalRead({ responses }).responses;
  expect(Object.keys(read[200].headers)).toEqual(['ETag', 'Age']);
  expect({ ...read, 200: null, 304: null }).toEqual({ ...responses, 200: null, 304: null });
});
