import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { eventStream, largeChunks, plainAnswer, stateOf, streamChunks } from '@etag/conformance';
import compress from '@fastify/compress';
import {
  All,
  Controller,
  Delete,
  type ExecutionContext,
  Get,
  Header,
  type INestApplication,
  Inject,
  type LogLevel,
  Module,
  Options,
  Patch,
  Post,
  Put,
  QueryMethod,
  Req,
  Res,
  StreamableFile,
} from '@nestjs/common';
import { HttpAdapterHost, type ModuleRef, NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import compression from 'compression';
import express, { type Request, type Response } from 'express';
import Fastify, { type FastifyReply, type FastifyRequest } from 'fastify';
import { Etag, EtagModule, IfMatch } from '../src/index.js';

/** Where the platform's compression is mounted: on the application, or on the server that Nest is given. */
export type Compression = 'none' | 'inside' | 'outside';

/** What Nest runs on. */
export type PlatformName = 'express' | 'fastify';

const current = (_: ModuleRef, context: ExecutionContext) => stateOf(context.switchToHttp().getRequest().url);

type AnyRequest = Request | FastifyRequest;
type AnyResponse = Response | FastifyReply;

/** What a server under test offers, written as an application would write it. */
@Controller()
export class FixtureController {
  constructor(@Inject(HttpAdapterHost) private readonly host: HttpAdapterHost) {}

  @Get('state')
  @Etag({ current })
  get(@Req() request: AnyRequest, @Res({ passthrough: true }) response: AnyResponse) {
    return this.answer(request, response);
  }

  @QueryMethod('state')
  @Etag({ current })
  query(@Req() request: AnyRequest, @Res({ passthrough: true }) response: AnyResponse) {
    return this.answer(request, response);
  }

  @Put('state')
  @IfMatch({ current })
  put(@Req() request: AnyRequest, @Res({ passthrough: true }) response: AnyResponse) {
    return this.answer(request, response);
  }

  @Post('state')
  @IfMatch({ current })
  post(@Req() request: AnyRequest, @Res({ passthrough: true }) response: AnyResponse) {
    return this.answer(request, response);
  }

  @Patch('state')
  @IfMatch({ current })
  patch(@Req() request: AnyRequest, @Res({ passthrough: true }) response: AnyResponse) {
    return this.answer(request, response);
  }

  @Delete('state')
  @IfMatch({ current })
  delete(@Req() request: AnyRequest, @Res({ passthrough: true }) response: AnyResponse) {
    return this.answer(request, response);
  }

  @Options('state')
  @IfMatch({ current })
  options(@Req() request: AnyRequest, @Res({ passthrough: true }) response: AnyResponse) {
    return this.answer(request, response);
  }

  @All('content')
  answer(@Req() request: AnyRequest, @Res({ passthrough: true }) response: AnyResponse) {
    const { url } = request;
    const incoming = 'raw' in request ? request.raw : request;
    const { status, headers, body } = plainAnswer({ method: request.method, headers: incoming.headersDistinct }, url);
    const { httpAdapter } = this.host;
    httpAdapter.status(response, status);
    for (const [name, value] of Object.entries(headers)) httpAdapter.setHeader(response, name, value);
    if (status === 204) return;
    // Node writes the head of a response as UTF-8 together with a string, and as bytes together with bytes.
    const ascii = url.startsWith('/content') && !/[\x80-\xff]/.test(Object.values(headers).join());
    return ascii ? body : new StreamableFile(Buffer.from(body));
  }

  @Get('events')
  @Header('Content-Type', 'text/event-stream')
  events() {
    return new StreamableFile(Readable.from(eventStream(), { objectMode: false }));
  }

  @Get('large')
  @Header('Content-Type', 'text/plain')
  large(@Req() { url }: AnyRequest) {
    return new StreamableFile(Readable.from(largeChunks(url), { objectMode: false }));
  }

  @Get('stream')
  @Header('Content-Type', 'text/plain')
  stream() {
    return new StreamableFile(Readable.from(streamChunks(), { objectMode: false }));
  }
}

@Module({ imports: [EtagModule.forRoot()], controllers: [FixtureController] })
export class FixtureModule {}

/** Serves the fixture on a free port. */
export async function start(
  compressed: Compression,
  platform: PlatformName = 'express',
): Promise<{ origin: string; close(): void }> {
  const app = await (platform === 'express' ? onExpress(compressed) : onFastify(compressed));
  await app.listen(0);
  const { port } = app.getHttpServer().address() as AddressInfo;
  return { origin: `http://localhost:${port}`, close: () => void app.close() };
}

const options = { logger: ['error', 'warn'] satisfies LogLevel[] };

async function onExpress(compressed: Compression): Promise<INestApplication> {
  const server = express();
  if (compressed === 'outside') server.use(compression());
  const app = await NestFactory.create(FixtureModule, new ExpressAdapter(server), options);
  if (compressed === 'inside') app.use(compression());
  return app;
}

async function onFastify(compressed: Compression): Promise<INestApplication> {
  const server = Fastify();
  if (compressed === 'outside') await server.register(compress);
  const adapter = new FastifyAdapter(server);
  const app = await NestFactory.create<NestFastifyApplication>(FixtureModule, adapter, options);
  if (compressed === 'inside') await app.register(compress);
  return app;
}
