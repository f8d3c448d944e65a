import { Controller, Delete, Get, HttpCode, type INestApplication, Post, Put } from '@nestjs/common';
import {
  ApiHeader,
  ApiOkResponse,
  ApiPreconditionFailedResponse,
  ApiProperty,
  DocumentBuilder,
  SwaggerModule,
} from '@nestjs/swagger';
import { Validator } from '@seriousme/openapi-schema-validator';
import { expect, it } from 'vitest';
import { serve } from '../test/app.ts';
import { Etag, EtagModule, type EtagModuleOptions, type Expectation, Expected, IfMatch } from './index.ts';

class Note {
  @ApiProperty({ type: String }) text!: string;
}

@Controller()
class Notes {
  @Get('plain')
  plain() {}

  @Get('untagged')
  @Etag(false)
  untagged() {}

  @ApiOkResponse({ type: Note, description: 'The note', headers: { 'Cache-Control': { schema: { type: 'string' } } } })
  @Etag((note: Note) => note.text)
  @Get('above')
  above() {
    return new Note();
  }

  @Etag((note: Note) => note.text)
  @Get('below')
  @ApiOkResponse({ type: [Note], description: 'The notes' })
  below() {
    return new Note();
  }

  @Put('write')
  @IfMatch()
  write(@Expected() _expected: Expectation) {}

  @Delete('required')
  @HttpCode(204)
  @IfMatch({ require: true })
  @ApiPreconditionFailedResponse({ description: 'Mine' })
  required(@Expected() _expected: Expectation) {}

  @Post('plain')
  create() {}
}

@Controller('headers')
@ApiHeader({ name: 'If-Match' })
class Headers {
  @Put('controller')
  @IfMatch()
  ofController(@Expected() _expected: Expectation) {}

  @Get('handler')
  @ApiHeader({ name: 'if-none-match', required: true })
  @Etag((note: Note) => note.text)
  ofHandler() {
    return new Note();
  }
}

async function documentOf(options: EtagModuleOptions = {}) {
  let document: ReturnType<typeof SwaggerModule.createDocument> | undefined;
  await serve(
    'express',
    { imports: [EtagModule.forRoot(options)], controllers: [Notes, Headers] },
    (app: INestApplication) => {
      // Before the application starts, as in every main.ts.
      document = SwaggerModule.createDocument(app, new DocumentBuilder().build());
    },
  );
  expect(await new Validator().validate(JSON.parse(JSON.stringify(document)))).toMatchObject({ valid: true });
  return (path: string, method: 'get' | 'put' | 'post' | 'delete') => {
    const { parameters = [], responses } = document?.paths[path]?.[method] ?? {};
    const fields = parameters.map((parameter) => ('in' in parameter ? `${parameter.in} ${parameter.name}` : ''));
    return { fields, responses };
  };
}

const ETag = { description: 'Names the current state', schema: { type: 'string', example: '"v7"' } };
const json = (schema: object) => ({ 'application/json': { schema } });
const schema = { $ref: '#/components/schemas/Note' };

it('describes reads, in whatever order the decorators stand', async () => {
  const describe = await documentOf();
  const notModified = { description: 'The client has the current state.', headers: { ETag } };
  expect(describe('/plain', 'get')).toEqual({
    fields: ['header If-None-Match'],
    responses: { 200: { description: '', headers: { ETag } }, 304: notModified },
  });
  expect(describe('/above', 'get')).toEqual({
    fields: ['header If-None-Match'],
    responses: {
      200: {
        description: 'The note',
        headers: { 'Cache-Control': { schema: { type: 'string' } }, ETag },
        content: json(schema),
      },
      304: notModified,
    },
  });
  expect(describe('/below', 'get').responses).toEqual({
    200: { description: 'The notes', headers: { ETag }, content: json({ type: 'array', items: schema }) },
    304: notModified,
  });
});

it('describes writes', async () => {
  const describe = await documentOf();
  const problem = { 'application/problem+json': { schema: expect.objectContaining({ type: 'object' }) } };
  const failed = { description: 'Another state is current.', headers: { ETag }, content: problem };
  expect(describe('/write', 'put')).toEqual({
    fields: ['header If-Match', 'header If-None-Match'],
    responses: { 200: { description: '' }, 412: failed },
  });
  expect(describe('/required', 'delete')).toEqual({
    fields: ['header If-Match', 'header If-None-Match'],
    responses: {
      204: { description: '' },
      412: { description: 'Mine' },
      428: { description: 'Neither If-Match nor If-None-Match was sent.', content: problem },
    },
  });
});

it('names no field again that the handler or its controller describes', async () => {
  const describe = await documentOf();
  expect(describe('/headers/controller', 'put').fields).toEqual(['header If-Match', 'header If-None-Match']);
  expect(describe('/headers/handler', 'get').fields).toEqual(['header If-Match', 'header if-none-match']);
});

it('describes nothing where nothing is done', async () => {
  const describe = await documentOf();
  expect(describe('/untagged', 'get')).toEqual({ fields: [], responses: { 200: { description: '' } } });
  expect(describe('/plain', 'post')).toEqual({ fields: [], responses: { 201: { description: '' } } });
});
