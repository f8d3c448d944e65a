import type { RequestListener } from 'node:http';
import { createRequire } from 'node:module';
import { versionTag } from '@etag/core';
import { etag } from '@etag/express';
import { Etag, EtagModule } from '@etag/nestjs';
import type { ExecutionContext, Type } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { type Form, type Framework, listOf, noteOf } from './app.ts';

// The copy of Nest that the adapter has: Nest tells its own classes by identity.
const require = createRequire(import.meta.resolve('@etag/nestjs'));
const { Controller, Get, Module, Param } = require('@nestjs/common') as typeof import('@nestjs/common');
const { NestFactory } = require('@nestjs/core') as typeof import('@nestjs/core');

/** A controller; its decorators are called, since Node strips types and nothing else. */
function controller(decorate: MethodDecorator[]): Type {
  class NotesController {
    note(id: string) {
      return noteOf(id);
    }
    list(id: string) {
      return listOf(id);
    }
  }
  for (const [key, path] of [
    ['note', 'notes/:id'],
    ['list', 'lists/:id'],
  ] as const) {
    const descriptor = Object.getOwnPropertyDescriptor(NotesController.prototype, key) as PropertyDescriptor;
    for (const decorator of [...decorate, Get(path)]) decorator(NotesController.prototype, key, descriptor);
    Object.defineProperty(NotesController.prototype, key, descriptor);
    Param('id')(NotesController.prototype, key, 0);
  }
  Controller()(NotesController);
  return NotesController;
}

async function serve(
  controllers: Type[],
  imports: NonNullable<Parameters<typeof Module>[0]['imports']>,
  set: (app: NestExpressApplication) => void,
) {
  class AppModule {}
  Module({ controllers, imports })(AppModule);
  const app = await NestFactory.create<NestExpressApplication>(AppModule, { logger: ['error'], abortOnError: false });
  set(app);
  await app.init();
  return app.getHttpAdapter().getInstance() as RequestListener;
}

const currentOf = (id: string) => ({ etag: versionTag(id) });

const decorators: Partial<Record<Form, MethodDecorator>> = {
  content: Etag(),
  current: Etag({
    current: (_module, context: ExecutionContext) => currentOf(context.switchToHttp().getRequest().params.id),
  }) as MethodDecorator,
};

export const framework: Framework = {
  name: 'Nest',
  adapter: '@etag/nestjs',
  peer: "Nest's own",
  serve(form) {
    const decorator = decorators[form];
    return serve([controller(decorator ? [decorator] : [])], decorator ? [EtagModule.forRoot()] : [], (app) => {
      if (form !== 'peer') app.disable('etag');
    });
  },
};

/** The same application with the middleware of Express in place of the decorators. */
export const bare: Framework = {
  ...framework,
  adapter: '@etag/express',
  serve: (form) =>
    serve([controller([])], [], (app) => {
      app.disable('etag');
      if (form === 'content') app.use(etag());
      if (form === 'current') app.use('/:kind/:id', etag({ current: (req) => currentOf(req.params.id) }));
    }),
};
