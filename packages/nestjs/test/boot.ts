import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import compress from '@fastify/compress';
import {
  Controller,
  Delete,
  type ExecutionContext,
  Get,
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
  type Type,
} from '@nestjs/common';
import { HttpAdapterHost, type ModuleRef, NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Application, AppRequest, Reply, Resource, Running } from 'adapter-suite';
import compression from 'compression';
import express, { type NextFunction, type Request, type Response } from 'express';
import Fastify, { type FastifyReply, type FastifyRequest } from 'fastify';
import { Etag, EtagModule, type Expectation, Expected, IfMatch } from '../src/index.ts';

/** What Nest runs on. */
export type PlatformName = 'express' | 'fastify';
export const platforms: readonly PlatformName[] = ['express', 'fastify'];

type AnyRequest = Request | FastifyRequest;
type AnyResponse = Response | FastifyReply;

/**
 * Serves an application, written as one of Nest would be written.
 *
 * @param platform - what Nest runs on
 */
export async function boot(application: Application, platform: PlatformName): Promise<Running> {
  const controllers = application.resources.map(controllerOf);
  const { tags, require } = application;
  const options = tags === false ? { content: false as const } : tags;
  @Module({ imports: [EtagModule.forRoot({ ...options, require })], controllers })
  class AppModule {}

  const app = await (platform === 'express' ? onExpress(AppModule, application) : onFastify(AppModule, application));
  await app.listen(0);
  const { port } = app.getHttpServer().address() as AddressInfo;
  return { origin: `http://localhost:${port}`, close: () => app.close() };
}

const options = { logger: [] satisfies LogLevel[], forceCloseConnections: true, abortOnError: false };

async function onExpress(module: Type, { compression: where, before, after }: Application): Promise<INestApplication> {
  const server = express();
  server.use((req: Request, res: Response, next: NextFunction) => {
    const { request, response = {} } = before?.(requestOf(req)) ?? {};
    Object.assign(req.headers, request);
    for (const [name, value] of Object.entries(response)) res.setHeader(name, value);
    next();
  });
  if (where === 'outside') server.use(compression());
  const app = await NestFactory.create(module, new ExpressAdapter(server), options);
  if (where === 'inside') app.use(compression());
  if (after) {
    app.useGlobalInterceptors({
      intercept(context, next) {
        const request: Request = context.switchToHttp().getRequest();
        Object.assign(request.headers, after(requestOf(request)));
        return next.handle();
      },
    });
  }
  return app;
}

async function onFastify(
  module: Type,
  { compression: where, isHttp2, before, after }: Application,
): Promise<INestApplication> {
  const server = Fastify(isHttp2 ? ({ http2: true } as object) : { forceCloseConnections: true });
  server.addHook('onRequest', async (request, reply) => {
    const fields = before?.(requestOf(request)) ?? {};
    Object.assign(request.headers, fields.request);
    for (const [name, value] of Object.entries(fields.response ?? {})) reply.header(name, value);
  });
  if (where === 'outside') await server.register(compress);
  const app = await NestFactory.create<NestFastifyApplication>(module, new FastifyAdapter(server), options);
  if (where === 'inside') await app.register(compress);
  if (after) {
    app.useGlobalInterceptors({
      intercept(context, next) {
        const request: FastifyRequest = context.switchToHttp().getRequest();
        Object.assign(request.headers, after(requestOf(request)));
        return next.handle();
      },
    });
  }
  return app;
}

const none: MethodDecorator = () => {};

/** The controller of a resource. Where it has a store, that takes PUT, PATCH and DELETE. */
function controllerOf({ path, current, require, options = {}, handle, read, write, isOff }: Resource): Type {
  // Those two are the module's.
  const { timeout: _, onDecision: __, ...others } = options;
  const find =
    current && ((_: ModuleRef, context: ExecutionContext) => current(requestOf(context.switchToHttp().getRequest())));
  const early = isOff ? Etag(false) : find ? Etag<unknown>({ current: find, ...others }) : none;
  const guarded = find ? IfMatch({ current: find, require, ...others }) : none;

  class Answers {
    constructor(@Inject(HttpAdapterHost) protected readonly host: HttpAdapterHost) {}

    @Get()
    @early
    get(@Req() request: AnyRequest, @Res() response: AnyResponse) {
      return this.answer(request, response);
    }

    @QueryMethod()
    @early
    query(@Req() request: AnyRequest, @Res() response: AnyResponse) {
      return this.answer(request, response);
    }

    @Post()
    @guarded
    post(@Req() request: AnyRequest, @Res() response: AnyResponse) {
      return this.answer(request, response);
    }

    @Options()
    @guarded
    options(@Req() request: AnyRequest, @Res() response: AnyResponse) {
      return this.answer(request, response);
    }

    async answer(request: AnyRequest, response: AnyResponse): Promise<void> {
      const reply = await handle(requestOf(request));
      const { status = 200, statusMessage, headers = {}, deletes = [], error, bytes } = reply;
      const { httpAdapter } = this.host;
      httpAdapter.status(response, status);
      if (statusMessage) ('raw' in response ? response.raw : response).statusMessage = statusMessage;
      for (const [name, value] of Object.entries(headers)) httpAdapter.setHeader(response, name, value as string);
      for (const name of deletes) response.removeHeader(name);
      if (error) throw error;
      // Returned, bytes would be JSON to Nest, or a stream.
      if (bytes) response.send(Buffer.from(bytes));
      else httpAdapter.reply(response, contentOf(reply));
    }
  }

  @Controller(path)
  class Guarded extends Answers {
    @Put()
    @guarded
    put(@Req() request: AnyRequest, @Res() response: AnyResponse) {
      return this.answer(request, response);
    }

    @Patch()
    @guarded
    patch(@Req() request: AnyRequest, @Res() response: AnyResponse) {
      return this.answer(request, response);
    }

    @Delete()
    @guarded
    delete(@Req() request: AnyRequest, @Res() response: AnyResponse) {
      return this.answer(request, response);
    }
  }
  @Controller(path)
  class Reads {
    @Get()
    @Etag({ stored: true })
    async get(@Req() request: AnyRequest) {
      return (await read?.(requestOf(request))) ?? null;
    }

    @QueryMethod()
    @Etag({ stored: true })
    async query(@Req() request: AnyRequest) {
      return (await read?.(requestOf(request))) ?? null;
    }
  }
  if (read) return Reads;
  if (!write) return Guarded;

  @Controller(path)
  class Stored extends Answers {
    @Put()
    @IfMatch({ require, storedAsSent: true, ...others })
    put(@Req() request: AnyRequest, @Expected() expected: Expectation) {
      return write?.(expected, requestOf(request));
    }

    @Patch()
    @IfMatch({ require, storedAsSent: true, ...others })
    patch(@Req() request: AnyRequest, @Expected() expected: Expectation) {
      return write?.(expected, requestOf(request));
    }

    @Delete()
    @IfMatch({ require, storedAsSent: true, ...others })
    delete(@Req() request: AnyRequest, @Expected() expected: Expectation) {
      return write?.(expected, requestOf(request));
    }
  }
  return Stored;
}

function requestOf(request: AnyRequest): AppRequest {
  const { method, url, headers } = request;
  const { headersDistinct } = 'raw' in request ? request.raw : request;
  // What a middleware has set is not among the lines that came.
  return { method, url, headers: { ...headers, ...headersDistinct } };
}

/** What Nest sends: a string as it is, a stream as a file, anything else as JSON. */
function contentOf({ text, json, chunks }: Reply): unknown {
  return chunks ? new StreamableFile(Readable.from(chunks, { objectMode: false })) : (json ?? text);
}
