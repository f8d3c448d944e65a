import 'reflect-metadata';
import type { AddressInfo } from 'node:net';
import { type Expectation, replace } from '@etag/concurrency';
import { memoryStore } from '@etag/concurrency/memory';
import { type CurrentState, Etag, EtagModule, Expected, IfMatch } from '@etag/nestjs';
import {
  type ArgumentsHost,
  Body,
  type CallHandler,
  Catch,
  Controller,
  type ExecutionContext,
  Get,
  HttpException,
  Injectable,
  Module,
  type NestInterceptor,
  Param,
  ParseIntPipe,
  Put,
} from '@nestjs/common';
import { HttpAdapterHost, NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { tap } from 'rxjs';

// An application as the usual build has it: injected by the types of its constructors.

interface Note {
  text: string;
}

@Injectable()
class Notes {
  readonly store = memoryStore<Note>();
}

@Injectable()
class NoteState implements CurrentState {
  constructor(private readonly notes: Notes) {}

  current(context: ExecutionContext) {
    return this.notes.store.state(context.switchToHttp().getRequest().params.id);
  }
}

@Controller('notes')
class NotesController {
  constructor(private readonly notes: Notes) {}

  @Get(':id/calls')
  @Etag({ current: NoteState })
  calls() {
    return { calls: ++this.count };
  }
  private count = 0;

  @Get(':id')
  @Etag((note: { version: string } | undefined) => note?.version)
  async show(@Param('id') id: string) {
    return (await this.notes.store.get(id)) ?? undefined;
  }

  @Get()
  list() {
    return [];
  }

  @Put(':id')
  @IfMatch({ require: true })
  replace(@Param('id', ParseIntPipe) id: number, @Body() note: Note, @Expected() expected: Expectation) {
    return replace(this.notes.store, `${id}`, note, expected);
  }
}

@Module({
  imports: [EtagModule.forRoot()],
  controllers: [NotesController],
  providers: [Notes, NoteState],
})
class AppModule {}

/** As Nest's documentation has it. */
@Catch()
class CatchEverythingFilter {
  constructor(private readonly httpAdapterHost: HttpAdapterHost) {}

  catch(exception: unknown, host: ArgumentsHost): void {
    const { httpAdapter } = this.httpAdapterHost;
    const status = exception instanceof HttpException ? exception.getStatus() : 500;
    httpAdapter.reply(host.switchToHttp().getResponse(), { caught: status, seen: Logging.seen }, status);
  }
}

class Logging implements NestInterceptor {
  static seen: number[] = [];

  intercept(_context: ExecutionContext, next: CallHandler) {
    const error = (error: unknown) => Logging.seen.push(error instanceof HttpException ? error.getStatus() : 500);
    return next.handle().pipe(tap({ error }));
  }
}

async function main(platform: string | undefined, isCatching: boolean) {
  const adapter = platform === 'express' ? new ExpressAdapter() : new FastifyAdapter();
  const app = await NestFactory.create(AppModule, adapter, { logger: ['error', 'warn'] });
  if (isCatching) {
    app.useGlobalFilters(new CatchEverythingFilter(app.get(HttpAdapterHost)));
    app.useGlobalInterceptors(new Logging());
  }
  await app.listen(0);
  console.log((app.getHttpServer().address() as AddressInfo).port);
}

main(process.argv[2], process.argv[3] === 'catching');
