import { etag, etagPlugin, precondition, versionTag } from '@etag/fastify';
import { conditionalRead, describeRoutes, guardedWrite } from '@etag/fastify/openapi';
import swagger from '@fastify/swagger';
import { Validator } from '@seriousme/openapi-schema-validator';
import Fastify, { type FastifyInstance } from 'fastify';
import { describe, expect, it } from 'vitest';

// What the routes of an application say, in the document that @fastify/swagger makes of them.

const Note = { type: 'object', properties: { title: { type: 'string' } } };
const current = () => ({ etag: versionTag(7) });

interface Described {
  readonly parameters: readonly { readonly name: string; readonly in: string }[];
  readonly responses: Readonly<Record<string, { readonly headers?: object; readonly content?: object }>>;
}

/** The operations of `/note` in the document of an application. */
async function operationsOf(openapi: string, declare: (app: FastifyInstance) => void) {
  const app = Fastify();
  await app.register(swagger, { openapi: { openapi, info: { title: 'notes', version: '1' } } });
  await app.register(describeRoutes);
  await app.register(etagPlugin);
  declare(app);
  await app.ready();
  const document = JSON.parse(JSON.stringify(app.swagger()));
  expect(await new Validator().validate(document)).toEqual({ valid: true });
  return { app, ...(document.paths['/note'] as Record<'get' | 'put', Described>) };
}

const fields = ({ parameters = [] }: Described) =>
  parameters.filter((parameter) => parameter.in === 'header').map(({ name }) => name);

describe.each(['3.0.3', '3.1.0'])('OpenAPI %s', (openapi) => {
  it('describes the routes that have our hooks', async () => {
    const { get, put } = await operationsOf(openapi, (app) => {
      app.get('/note', { preHandler: etag({ current }) }, () => ({ title: 'Milk' }));
      app.put('/note', { onRequest: [precondition({ current, require: true })] }, () => ({ title: 'Milk' }));
    });
    expect(fields(get)).toEqual(['if-none-match']);
    expect(Object.keys(get.responses)).toEqual(['200', '304']);
    expect(get.responses['200']).toMatchObject({ headers: { ETag: { schema: { type: 'string' } } } });
    expect(fields(put)).toEqual(['if-match', 'if-none-match']);
    expect(Object.keys(put.responses)).toEqual(['412', '428', '2XX']);
    expect(put.responses['412']).toMatchObject({ headers: { ETag: {} }, content: { 'application/problem+json': {} } });
  });

  it('keeps what the schema of a route says', async () => {
    const headers = {
      type: 'object',
      properties: { 'if-match': { type: 'string', minLength: 1 } },
      required: ['if-match'],
    };
    const { get, put } = await operationsOf(openapi, (app) => {
      const schema = { response: { 200: Note, 304: { description: 'As it was' } } };
      app.get('/note', { schema, preHandler: etag({ current }) }, () => ({ title: 'Milk' }));
      app.put('/note', { schema: { headers }, preHandler: precondition({ current }) }, () => ({ title: 'Milk' }));
    });
    expect(get.responses['304']).toMatchObject({ description: 'As it was' });
    expect(get.responses['200']).toMatchObject({ headers: { ETag: {} }, content: { 'application/json': {} } });
    expect(put.parameters).toContainEqual(
      expect.objectContaining({ name: 'if-match', required: true, schema: { type: 'string', minLength: 1 } }),
    );
    expect(fields(put)).toEqual(['if-match', 'if-none-match']);
    expect(Object.keys(put.responses)).not.toContain('428');
  });

  it('describes what a handler does itself', async () => {
    const { get, put } = await operationsOf(openapi, (app) => {
      app.get('/note', { schema: conditionalRead({ response: { '2xx': Note } }) }, () => ({ title: 'Milk' }));
      app.put('/note', { schema: guardedWrite({ body: Note }, { require: true }) }, () => ({ title: 'Milk' }));
    });
    expect(Object.keys(get.responses)).toEqual(['304', '2XX']);
    expect(get.responses['2XX']).toMatchObject({ headers: { ETag: {} } });
    expect(Object.keys(put.responses)).toEqual(['412', '428', '2XX']);
  });
});

it('does not describe a read where there is none', async () => {
  const { put } = await operationsOf('3.0.3', (app) => {
    app.put('/note', { preHandler: [etag({ current }), precondition({ current })] }, () => ({ title: 'Milk' }));
  });
  expect(fields(put)).toEqual(['if-match', 'if-none-match']);
  expect(Object.keys(put.responses)).toEqual(['412', '2XX']);
});

it('leaves a route as it is whose schema is not JSON Schema', async () => {
  const app = Fastify();
  // As a type provider for Zod sets them.
  app.setValidatorCompiler<{ parse(value: unknown): unknown }>(({ schema }) => (value) => ({
    value: schema.parse(value),
  }));
  app.setSerializerCompiler(() => JSON.stringify);
  await app.register(describeRoutes);
  const schema = { headers: { parse: (headers: unknown) => headers } };
  app.get('/plain', { preHandler: etag({ current }) }, () => ({ title: 'Milk' }));
  app.get('/described', { schema, preHandler: etag({ current }) }, () => ({ title: 'Milk' }));
  for (const url of ['/plain', '/described']) {
    expect((await app.inject(url)).statusCode).toBe(200);
    expect((await app.inject({ url, headers: { 'if-none-match': '"v7"' } })).statusCode).toBe(304);
  }
});

it('the routes do what they say, and say it in their own words', async () => {
  const { app } = await operationsOf('3.0.3', (app) => {
    app.get('/note', { schema: { response: { 200: Note } }, preHandler: etag({ current }) }, () => ({ title: 'Milk' }));
    app.put('/note', { preHandler: precondition({ current, require: true }) }, () => ({ title: 'Milk' }));
    app.get('/other', () => ({ title: 'Bread' }));
  });
  const first = await app.inject('/note');
  expect([first.statusCode, first.headers.etag, first.json()]).toEqual([200, '"v7"', { title: 'Milk' }]);
  expect((await app.inject({ url: '/note', headers: { 'if-none-match': '"v7"' } })).statusCode).toBe(304);
  const put = async (headers: Record<string, string>) => {
    const answer = await app.inject({ method: 'PUT', url: '/note', headers, payload: { title: 'Milk' } });
    return [answer.statusCode, answer.json().reason];
  };
  expect(await put({})).toEqual([428, 'required']);
  expect(await put({ 'if-match': '"v6"' })).toEqual([412, 'no-match']);
  expect(await put({ 'if-match': '"v7"' })).toEqual([200, undefined]);
  expect((await app.inject('/other')).json()).toEqual({ title: 'Bread' });
});
