import 'reflect-metadata';
import { EtagModule, IfMatch } from '@etag/nestjs';
import { Controller, Get, Module, Put } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import compression from 'compression';

@Controller()
class Notes {
  @Get() show() {
    return { text: 'hello '.repeat(1000) };
  }
  @Put() @IfMatch({ current: () => ({ etag: '"v7"' }) }) save() {
    return 'saved';
  }
}

@Module({ imports: [EtagModule.forRoot()], controllers: [Notes] })
class App {}

export async function start() {
  const app = await NestFactory.create(App, { logger: false });
  app.use(compression());
  await app.listen(0);
  return app.getHttpServer();
}
