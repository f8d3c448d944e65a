import 'reflect-metadata';
import { Readable } from 'node:stream';
import { replace } from '@etag/concurrency';
import { Etag, EtagModule, type Expectation, Expected, IfMatch } from '@etag/nestjs';
import { CacheInterceptor, CacheModule } from '@nestjs/cache-manager';
import {
  Body,
  type CallHandler,
  ClassSerializerInterceptor,
  Controller,
  Get,
  Header,
  HttpCode,
  type INestApplication,
  Injectable,
  type LogLevel,
  Module,
  type NestInterceptor,
  Put,
  StreamableFile,
  type Type,
  UseInterceptors,
  ValidationPipe,
} from '@nestjs/common';
import { APP_GUARD, NestFactory, Reflector } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { ThrottlerGuard, ThrottlerModule } from '@nestjs/throttler';
import { IsString } from 'class-validator';
import compression from 'compression';
import cookieParser from 'cookie-parser';
import express from 'express';
import session from 'express-session';
import Fastify from 'fastify';
import helmet from 'helmet';
import morgan from 'morgan';
import { timeout } from 'rxjs';
import { CONTENT, chunks, type Data, type Order, OWN_TAG, STATE, STATIC, type Wild } from './application.ts';
import { plugins, registerAll } from './fastify.ts';

// biome-ignore lint/suspicious/noExplicitAny: each of them has types of its own
type Middleware = any;

/** What stands on both platforms. */
const ofNest = [
  '@nestjs/throttler',
  '@nestjs/cache-manager',
  'ValidationPipe',
  'ClassSerializerInterceptor',
  'an interceptor with timeout() of rxjs',
];

/** As Nest's documentation has it. */
@Injectable()
class TimeoutInterceptor implements NestInterceptor {
  intercept(_: unknown, next: CallHandler) {
    return next.handle().pipe(timeout(5000));
  }
}

class NoteDto {
  @IsString()
  text = '';
}
// Stated as a transpiler that knows types would state it.
Reflect.defineMetadata('design:type', String, NoteDto.prototype, 'text');

function moduleOf(data: Data, order: Order): Type {
  @Controller()
  class Resources {
    @Get('content')
    @UseInterceptors(CacheInterceptor)
    content() {
      return CONTENT;
    }

    @Get('own')
    @Header('ETag', OWN_TAG)
    own() {
      return 'own';
    }

    @Get('early')
    @Etag({ current: () => STATE })
    early() {
      data.handled += 1;
      return CONTENT;
    }

    @Put('early')
    @HttpCode(204)
    @IfMatch({ require: true, current: () => STATE })
    write() {
      data.handled += 1;
    }

    @Get('stream')
    stream() {
      return new StreamableFile(Readable.from(chunks(), { objectMode: false }), { type: 'text/plain' });
    }

    @Get('stream/own')
    @Header('ETag', OWN_TAG)
    ownStream() {
      return new StreamableFile(Readable.from(chunks(), { objectMode: false }), { type: 'text/plain' });
    }

    @Get('note')
    @Etag({ current: () => data.notes.state('1') })
    async note() {
      return (await data.notes.get('1'))?.value;
    }

    @Put('note')
    @IfMatch({ require: true })
    save(@Body() note: unknown, @Expected() expected: Expectation) {
      return replace(data.notes, '1', note, expected);
    }
  }
  // The type that a transpiler would state.
  Reflect.defineMetadata('design:paramtypes', [NoteDto, Object], Resources.prototype, 'save');

  const others = [ThrottlerModule.forRoot([{ ttl: 60_000, limit: 1000 }]), CacheModule.register({ isGlobal: true })];
  const imports = order === 'before' ? [...others, EtagModule.forRoot()] : [EtagModule.forRoot(), ...others];
  @Module({ imports, controllers: [Resources], providers: [{ provide: APP_GUARD, useClass: ThrottlerGuard }] })
  class AppModule {}
  return AppModule;
}

function configure(app: INestApplication): void {
  app.enableCors({ origin: true, exposedHeaders: ['ETag'] });
  app.useGlobalPipes(new ValidationPipe());
  app.useGlobalInterceptors(new ClassSerializerInterceptor(app.get(Reflector)), new TimeoutInterceptor());
}

async function running(app: INestApplication) {
  await app.listen(0, '127.0.0.1');
  return { origin: await app.getUrl(), close: () => app.close() };
}

const options = { logger: [] satisfies LogLevel[], forceCloseConnections: true, abortOnError: false };

const middlewares: Record<string, () => Middleware> = {
  morgan: () => morgan('combined', { stream: { write: () => {} } }),
  helmet: () => helmet(),
  compression: () => compression(),
  'cookie-parser': () => cookieParser('secret'),
  'express-session': () => session({ secret: 'secret', resave: false, saveUninitialized: true }),
  'express.static': () => express.Router().use('/static', express.static(STATIC)),
};

/** Nest on Express, with @etag/nestjs. */
export const onNestExpress: Wild = {
  name: 'nestjs on express',
  middlewares: [...Object.keys(middlewares), ...ofNest],
  fields: ['x-frame-options', 'access-control-expose-headers', 'set-cookie', 'x-ratelimit-limit'],
  servesRanges: true,
  async boot(data, order) {
    const server = express();
    const all = Object.values(middlewares).map((make) => make());
    if (order === 'before') for (const middleware of all) server.use(middleware);
    const app = await NestFactory.create(moduleOf(data, order), new ExpressAdapter(server), options);
    if (order === 'after') for (const middleware of all) app.use(middleware);
    configure(app);
    return running(app);
  },
};

// Nest has a body parser for forms and CORS of its own.
const { '@fastify/formbody': _form, '@fastify/cors': _cors, ...ofFastify } = plugins;

/** Nest on Fastify, with @etag/nestjs. */
export const onNestFastify: Wild = {
  name: 'nestjs on fastify',
  middlewares: [...Object.keys(ofFastify), ...ofNest],
  fields: ['x-frame-options', 'access-control-expose-headers', 'set-cookie', 'x-ratelimit-limit'],
  servesRanges: true,
  async boot(data, order) {
    const server = Fastify({ forceCloseConnections: true });
    if (order === 'before') await registerAll((plugin, options) => server.register(plugin, options), ofFastify);
    const module = moduleOf(data, order);
    const app = await NestFactory.create<NestFastifyApplication>(module, new FastifyAdapter(server), options);
    const { register } = app as unknown as { register: (plugin: unknown, options: object) => Promise<unknown> };
    if (order === 'after') await registerAll((plugin, options) => register.call(app, plugin, options), ofFastify);
    configure(app);
    return running(app);
  },
};
