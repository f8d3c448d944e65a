import { EtagModule } from '@etag/nestjs';
import { type DynamicModule, Module } from '@nestjs/common';
import { APP_FILTER, NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import compression from 'compression';
import { NotesController } from './notes.controller.ts';
import { NOTES, NotesService } from './notes.service.ts';
import { ProblemFilter } from './problem.filter.ts';
import type { Notes } from './store.ts';

@Module({})
class NotesModule {
  static on(notes: Notes): DynamicModule {
    return {
      module: NotesModule,
      imports: [EtagModule.forRoot()],
      controllers: [NotesController],
      providers: [NotesService, { provide: NOTES, useValue: notes }, { provide: APP_FILTER, useClass: ProblemFilter }],
    };
  }
}

/** The notes API on one store. */
export async function notesApp(notes: Notes): Promise<NestExpressApplication> {
  const app = await NestFactory.create<NestExpressApplication>(NotesModule.on(notes), {
    bodyParser: false,
    logger: ['error'],
  });
  app.enableCors({ exposedHeaders: ['ETag', 'Location'] });
  app.use(compression());
  app.useBodyParser('json', { type: ['application/json', 'application/merge-patch+json'], limit: '1mb' });
  const description = new DocumentBuilder().setTitle('Notes').build();
  SwaggerModule.setup('api', app, () => SwaggerModule.createDocument(app, description));
  return app;
}
