import 'reflect-metadata';
import type { AddressInfo } from 'node:net';
import { type Expectation, replace } from '@etag/concurrency';
import { memoryStore } from '@etag/concurrency/memory';
import { type CurrentState, Etag, EtagModule, Expected, IfMatch } from '@etag/nestjs';
import {
  Body,
  Controller,
  type ExecutionContext,
  Get,
  Injectable,
  Module,
  Param,
  ParseIntPipe,
  Put,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';

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

async function main(platform: string | undefined) {
  const adapter = platform === 'express' ? new ExpressAdapter() : new FastifyAdapter();
  const app = await NestFactory.create(AppModule, adapter, { logger: ['error', 'warn'] });
  await app.listen(0);
  console.log((app.getHttpServer().address() as AddressInfo).port);
}

main(process.argv[2]);
