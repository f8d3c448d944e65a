import { memoryStore } from '@etag/concurrency/memory';
import { replace, type Versioned } from '@etag/concurrency';
import { CacheInterceptor, CacheModule } from '@nestjs/cache-manager';
import {
  Body,
  type CallHandler,
  Controller,
  type ExecutionContext,
  Get,
  type NestInterceptor,
  Put,
  UseInterceptors,
} from '@nestjs/common';
import { APP_INTERCEPTOR } from '@nestjs/core';
import { map } from 'rxjs';
import { describe, expect, it, vi } from 'vitest';
import { platforms, serve } from '../test/app.ts';
import { any, Etag, EtagModule, Expected, type Expectation, IfMatch } from './index.ts';

interface Note {
  text: string;
}

const read = vi.fn();

/** Reads that are cached, and the write that names their version. */
function notesController() {
  const notes = memoryStore<Note>();
  const find = async () => {
    read();
    return (await notes.get('1')) as Versioned<Note>;
  };
  class Text implements NestInterceptor {
    intercept(_: ExecutionContext, next: CallHandler) {
      return next.handle().pipe(map(({ value }: Versioned<Note>) => value.text));
    }
  }

  @Controller('note')
  class Notes {
    @Get('above')
    @UseInterceptors(CacheInterceptor)
    @Etag((note: Versioned<Note>) => note.version)
    above() {
      return find();
    }

    @Etag((note: Versioned<Note>) => note.version)
    @UseInterceptors(CacheInterceptor)
    @Get('below')
    below() {
      return find();
    }

    @Get('mapped')
    @UseInterceptors(CacheInterceptor, Text)
    @Etag((note: Versioned<Note>) => note.version)
    mapped() {
      return find();
    }

    @Get('plain')
    @Etag((note: Versioned<Note>) => note.version)
    plain() {
      return find();
    }

    @Get('early')
    @UseInterceptors(CacheInterceptor)
    @Etag({ current: () => notes.state('1') })
    early() {
      return find();
    }

    @Put()
    @IfMatch({ require: true })
    put(@Body() note: Note, @Expected() expected: Expectation) {
      return replace(notes, '1', note, expected);
    }
  }
  return { notes, Notes };
}

const imports = [EtagModule.forRoot(), CacheModule.register({ ttl: 60_000 })];

describe.each(platforms)('on %s, beside CacheInterceptor', (platform) => {
  async function start(providers: object[] = []) {
    read.mockClear();
    const { notes, Notes } = notesController();
    await notes.put('1', { text: 'hello' }, any);
    const ask = await serve(platform, { imports, controllers: [Notes], providers: providers as never });
    const put = (tag: string) =>
      ask('/note', { 'Content-Type': 'application/json', 'If-Match': tag }, { method: 'PUT', body: '{"text":"mine"}' });
    return { ask, put };
  }

  it.each(['above', 'below'])('a read has the version from the cache as well: decorator %s', async (path) => {
    const { ask, put } = await start();
    const [first, second] = [await ask(`/note/${path}`), await ask(`/note/${path}`)];
    const tag = second.headers.get('etag') ?? '';
    expect([first.headers.get('etag'), await second.text()]).toEqual([tag, await first.text()]);
    expect(tag).toMatch(/^"v/);
    expect((await ask(`/note/${path}`, { 'If-None-Match': tag })).status).toBe(304);
    expect(read).toHaveBeenCalledOnce();
    expect((await put(tag)).status).toBe(200);
  });

  it('a read has no tag where the cached value has no version', async () => {
    const { ask } = await start();
    const tags = [await ask('/note/mapped'), await ask('/note/mapped')].map(({ headers }) => headers.get('etag'));
    expect(tags).toEqual([expect.stringMatching(/^"v/), null]);
    const everywhere = await start([{ provide: APP_INTERCEPTOR, useClass: CacheInterceptor }]);
    await everywhere.ask('/note/plain');
    expect((await everywhere.ask('/note/plain')).headers.get('etag')).toBeNull();
  });

  it('a state that is newer than the cached content does not name it', async () => {
    const { ask, put } = await start();
    const tag = (await ask('/note/early')).headers.get('etag') ?? '';
    expect((await put(tag)).status).toBe(200);
    const cached = await ask('/note/early');
    expect([cached.headers.get('etag'), await cached.json()]).toMatchObject([null, { value: { text: 'hello' } }]);
  });
});
