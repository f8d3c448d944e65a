import { replace, type Versioned } from '@etag/concurrency';
import { memoryStore } from '@etag/concurrency/memory';
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
import { map, of } from 'rxjs';
import { describe, expect, it, vi } from 'vitest';
import { platforms, serve } from '../test/app.ts';
import { any, Etag, EtagModule, type Expectation, Expected, IfMatch } from './index.ts';

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

  /** As a cache in Redis answers. */
  class Serialized implements NestInterceptor {
    intercept() {
      return of({ version: 7, at: '2026-01-01T00:00:00.000Z' });
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

    @Get('dated')
    @UseInterceptors(Serialized)
    @Etag({ version: (note: { version: number; at: Date }) => note.version, lastModified: (note) => note.at })
    dated() {
      return { version: 7, at: new Date() };
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

  it('a read has no tag where the cache made text of a date', async () => {
    const { ask } = await start();
    const { status, headers } = await ask('/note/dated');
    expect([status, headers.get('etag'), headers.get('last-modified')]).toEqual([200, null, null]);
  });

  it('a state that is newer than the cached content does not name it', async () => {
    const { ask, put } = await start();
    const tag = (await ask('/note/early')).headers.get('etag') ?? '';
    expect((await put(tag)).status).toBe(200);
    const cached = await ask('/note/early');
    expect([cached.headers.get('etag'), await cached.json()]).toMatchObject([null, { value: { text: 'hello' } }]);
  });
});
