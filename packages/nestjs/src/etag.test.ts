import { contentTag } from '@etag/core';
import {
  type CallHandler,
  ClassSerializerInterceptor,
  Controller,
  type ExecutionContext,
  Get,
  Header,
  HttpCode,
  Inject,
  Injectable,
  type NestInterceptor,
  NotFoundException,
  Param,
  ParseIntPipe,
  Post,
  Put,
  Res,
  Scope,
  StreamableFile,
  UnauthorizedException,
  UseGuards,
  UseInterceptors,
  Version,
  VersioningType,
} from '@nestjs/common';
import { APP_INTERCEPTOR, type ModuleRef, REQUEST } from '@nestjs/core';
import { Exclude } from 'class-transformer';
import { from, map, of } from 'rxjs';
import { describe, expect, it, vi } from 'vitest';
import { logger, platforms, serve } from '../test/app.ts';
import { type CurrentState, Etag, EtagModule } from './index.ts';

interface Note {
  version: number;
  text: string;
}
/** What both platforms offer. */
interface AnyResponse {
  header(name: string, value: string): void;
  send(content: unknown): void;
}

const note: Note = { version: 7, text: 'hello' };

describe.each(platforms)('on %s', (platform) => {
  describe('content', () => {
    @Controller()
    class Contents {
      @Get('object')
      object() {
        return note;
      }

      @Get('string')
      string() {
        return 'hello';
      }

      @Get('observable')
      observable() {
        return of(1, note);
      }

      @Get('weak')
      @Etag({ weak: true })
      weak() {
        return note;
      }

      @Get('digest')
      @Etag({ digest: async (content) => `${content.length}` })
      digest() {
        return 'hello';
      }

      @Get('untagged')
      @Etag(false)
      untagged() {
        return note;
      }

      @Get('missing')
      missing() {
        throw new NotFoundException();
      }

      @Post('object')
      create() {
        return note;
      }

      @Put('object')
      replace() {
        return note;
      }
    }

    it.each(['object', 'string', 'observable'])('is tagged by the module: %s', async (path) => {
      const ask = await serve(platform, { imports: [EtagModule.forRoot()], controllers: [Contents] });
      const found = await ask(`/${path}`);
      const tag = await contentTag(await found.text());
      expect([found.status, found.headers.get('etag')]).toEqual([200, tag]);
      for (const method of ['GET', 'HEAD']) {
        const cached = await ask(`/${path}`, { 'If-None-Match': tag }, { method });
        expect([cached.status, cached.headers.get('etag'), await cached.text()]).toEqual([304, tag, '']);
      }
      const refused = await ask(`/${path}`, { 'If-Match': '"v6"' });
      expect([refused.status, refused.headers.get('etag')]).toEqual([412, tag]);
      expect(refused.headers.get('content-type')).toMatch('application/problem+json');
    });

    it('is tagged as the decorator says', async () => {
      const ask = await serve(platform, { imports: [EtagModule.forRoot()], controllers: [Contents] });
      const weak = await ask('/weak');
      expect(weak.headers.get('etag')).toBe(await contentTag(await weak.text(), { weak: true }));
      expect((await ask('/digest')).headers.get('etag')).toBe('"5"');
      expect((await ask('/digest', { 'If-None-Match': '"5"' })).status).toBe(304);
      expect((await ask('/untagged')).headers.get('etag')).toBeNull();
    });

    it('is not tagged where nothing may be compared with it', async () => {
      const ask = await serve(platform, { imports: [EtagModule.forRoot()], controllers: [Contents] });
      for (const [path, method, status] of [
        ['/missing', 'GET', 404],
        ['/object', 'POST', 201],
        ['/object', 'PUT', 200],
      ] as const) {
        const response = await ask(path, { 'If-None-Match': '*' }, { method });
        expect([response.status, response.headers.get('etag')]).toEqual([status, null]);
      }
    });

    it('takes the options of the module', async () => {
      const digest = (content: string | Uint8Array) => `${content.length}`;
      const ask = await serve(platform, {
        imports: [EtagModule.forRoot({ digest, weak: true })],
        controllers: [Contents],
      });
      expect((await ask('/string')).headers.get('etag')).toBe('W/"5"');
    });

    it('is tagged only where a decorator says so, if the module is told to', async () => {
      const ask = await serve(platform, { imports: [EtagModule.forRoot({ content: false })], controllers: [Contents] });
      expect((await ask('/weak')).headers.get('etag')).toMatch(/^W/);
      // Express alone would make one of its own.
      for (const path of ['/object', '/untagged']) expect((await ask(path)).headers.get('etag')).toBeNull();
    });

    it('is tagged as the controller says, unless the handler says otherwise', async () => {
      @Controller()
      @Etag({ weak: true })
      class Weak extends Contents {
        @Get('strong')
        @Etag({ weak: false })
        strong() {
          return note;
        }
      }
      const ask = await serve(platform, { imports: [EtagModule.forRoot({ content: false })], controllers: [Weak] });
      expect((await ask('/object')).headers.get('etag')).toMatch(/^W/);
      expect((await ask('/strong')).headers.get('etag')).toMatch(/^"/);
      expect((await ask('/untagged')).headers.get('etag')).toBeNull();

      @Controller()
      @Etag(false)
      class Off extends Contents {}
      const off = await serve(platform, { imports: [EtagModule.forRoot()], controllers: [Off] });
      expect((await off('/object')).headers.get('etag')).toBeNull();
      expect((await off('/weak')).headers.get('etag')).toMatch(/^W/);
    });
  });

  describe('the version of what the handler returned', () => {
    const calls = vi.fn();

    @Controller('notes')
    class Notes {
      @Get('value')
      @Etag((note: Note) => note.version)
      value(): Note {
        return note;
      }

      @Get('promise')
      @Etag((note: Note) => note.version)
      async promise() {
        return note;
      }

      @Get('observable')
      @Etag((note: Note) => note.version)
      observable() {
        return from([{ version: 6, text: 'early' }, note]);
      }

      @Get('weak')
      @Etag({ version: ({ version }: Note) => version, weak: true })
      weak() {
        return note;
      }

      @Get('dated')
      @Etag({ lastModified: (value: { at: Date }) => value.at })
      dated() {
        return { at: new Date('2026-01-01T00:00:00.500Z') };
      }

      @Get('none')
      @Etag((draft: { version: number | null }) => draft.version)
      none() {
        return { version: null };
      }

      @Get('variant')
      @Etag((note: Note) => [note.version, 'build2'])
      variant() {
        return note;
      }

      @Get('broken')
      @Etag((value: { version: number }) => value.version)
      broken() {
        return { version: Number.NaN };
      }

      @Get('missing')
      @Etag((note: Note) => note.version)
      missing(): Note {
        throw new NotFoundException();
      }

      @Get('gone')
      @Etag((note: Note) => note.version)
      @HttpCode(410)
      gone() {
        return note;
      }

      @Get('stream')
      @Etag({ version: () => 7 })
      stream() {
        const file = new StreamableFile(Buffer.from('hello'));
        calls(file.getStream());
        return file;
      }
    }
    const metadata = { imports: [EtagModule.forRoot()], controllers: [Notes] };

    it.each(['value', 'promise', 'observable', 'stream'])('is its tag: %s', async (path) => {
      const ask = await serve(platform, metadata);
      const found = await ask(`/notes/${path}`);
      expect([found.status, found.headers.get('etag')]).toEqual([200, '"v7"']);
      expect(await found.text()).toMatch('hello');
      expect((await ask(`/notes/${path}`, { 'If-None-Match': '"v6"' })).status).toBe(200);
      const cached = await ask(`/notes/${path}`, { 'If-None-Match': '"v6", "v7"' });
      expect([cached.status, cached.headers.get('etag'), await cached.text()]).toEqual([304, '"v7"', '']);
      const refused = await ask(`/notes/${path}`, { 'If-Match': '"v6"' });
      expect([refused.status, await refused.json()]).toMatchObject([412, { current: '"v7"' }]);
      expect(logger.error).not.toHaveBeenCalled();
    });

    it('can be weak, a date, or nothing', async () => {
      const ask = await serve(platform, metadata);
      expect((await ask('/notes/weak')).headers.get('etag')).toBe('W/"v7"');
      const dated = await ask('/notes/dated');
      const date = 'Thu, 01 Jan 2026 00:00:00 GMT';
      expect([dated.headers.get('etag'), dated.headers.get('last-modified')]).toEqual([null, date]);
      expect((await ask('/notes/dated', { 'If-Modified-Since': date })).status).toBe(304);
      const none = await ask('/notes/none');
      // A digest in the place of a version would make the next write a 412.
      expect([none.status, none.headers.get('etag')]).toEqual([200, null]);
    });

    it('can have a variant', async () => {
      const ask = await serve(platform, metadata);
      expect((await ask('/notes/variant')).headers.get('etag')).toBe('"v7:build2"');
      expect((await ask('/notes/variant', { 'If-None-Match': '"v7:build1"' })).status).toBe(200);
      expect((await ask('/notes/variant', { 'If-None-Match': '"v7:build2"' })).status).toBe(304);
    });

    it('is checked: what cannot name a version is an error on the first request', async () => {
      const ask = await serve(platform, metadata);
      const broken = await ask('/notes/broken');
      expect([broken.status, broken.headers.get('etag')]).toEqual([500, null]);
      expect(String(logger.error.mock.lastCall?.[0])).toMatch('Not a version');
    });

    it('is no tag of another status', async () => {
      const ask = await serve(platform, metadata);
      for (const [path, status] of [
        ['missing', 404],
        ['gone', 410],
      ] as const) {
        const response = await ask(`/notes/${path}`, { 'If-None-Match': '"v7"' });
        expect([response.status, response.headers.get('etag')]).toEqual([status, null]);
      }
    });

    it('closes the stream that is not sent', async () => {
      const ask = await serve(platform, metadata);
      expect((await ask('/notes/stream', { 'If-None-Match': '"v7"' })).status).toBe(304);
      expect(calls.mock.lastCall?.[0]).toMatchObject({ destroyed: true });
    });
  });

  describe('the state known before the handler', () => {
    const show = vi.fn();
    const lastModified = Date.UTC(2026, 0, 1);

    @Injectable()
    class Store {
      state(id: string) {
        return id === '1' ? ({ etag: '"v7"', lastModified } as const) : null;
      }
    }

    @Injectable()
    class NoteState implements CurrentState {
      constructor(@Inject(Store) private readonly store: Store) {}

      current(context: ExecutionContext) {
        return this.store.state(context.switchToHttp().getRequest().params.id);
      }
    }

    @Injectable({ scope: Scope.REQUEST })
    class RequestState implements CurrentState {
      constructor(
        @Inject(REQUEST) private readonly request: { params: { id: string } },
        @Inject(Store) private readonly store: Store,
      ) {}

      async current() {
        return this.store.state(this.request.params.id);
      }
    }

    const find = (moduleRef: ModuleRef, context: ExecutionContext) =>
      moduleRef.get(Store, { strict: false }).state(context.switchToHttp().getRequest().params.id);

    @Controller()
    class Notes {
      @Get('provider/:id')
      @Header('Cache-Control', 'no-cache')
      @Etag({ current: NoteState })
      provider(@Param('id', ParseIntPipe) id: number) {
        show(id);
        if (id !== 1) throw new NotFoundException();
        return note;
      }

      @Get('request-scoped/:id')
      @Header('Cache-Control', 'no-cache')
      @Etag({ current: RequestState })
      scoped(@Param('id', ParseIntPipe) id: number) {
        return this.provider(id);
      }

      @Get('function/:id')
      @Header('Cache-Control', 'no-cache')
      @Etag({ current: find })
      byFunction(@Param('id', ParseIntPipe) id: number) {
        return this.provider(id);
      }

      @Get('stream/:id')
      @Header('Cache-Control', 'no-cache')
      @Etag({ current: NoteState })
      stream(@Param('id', ParseIntPipe) id: number) {
        this.provider(id);
        return new StreamableFile(Buffer.from('hello'));
      }

      @Get('passthrough/:id')
      @Etag({ current: NoteState })
      passthrough(@Param('id', ParseIntPipe) id: number, @Res({ passthrough: true }) response: AnyResponse) {
        response.header('Cache-Control', 'no-cache');
        return this.provider(id);
      }

      @Get('response/:id')
      @Header('Cache-Control', 'no-cache')
      @Etag({ current: NoteState })
      response(@Param('id', ParseIntPipe) id: number, @Res() response: AnyResponse) {
        response.send(this.provider(id));
      }

      @Get('broken/:id')
      @Etag({ current: () => Promise.reject(new Error('database')) })
      broken() {
        show();
      }
    }
    const metadata = {
      imports: [EtagModule.forRoot()],
      controllers: [Notes],
      providers: [Store, NoteState, RequestState],
    };

    it.each(['provider', 'request-scoped', 'function', 'stream', 'passthrough', 'response'])(
      'spares the handler: %s',
      async (path) => {
        show.mockClear();
        const ask = await serve(platform, metadata);
        for (const method of ['GET', 'HEAD']) {
          const cached = await ask(`/${path}/1`, { 'If-None-Match': '"v7"' }, { method });
          expect([cached.status, cached.headers.get('etag'), await cached.text()]).toEqual([304, '"v7"', '']);
          expect(cached.headers.get('last-modified')).toBe('Thu, 01 Jan 2026 00:00:00 GMT');
          // What the handler sets itself, it does not set when it is not called.
          expect(cached.headers.get('cache-control')).toBe(path === 'passthrough' ? null : 'no-cache');
        }
        const refused = await ask(`/${path}/1`, { 'If-Match': '"v6"' });
        expect([refused.status, await refused.json()]).toMatchObject([412, { field: 'if-match', current: '"v7"' }]);
        expect(refused.headers.get('cache-control')).toBeNull();
        expect(show).not.toHaveBeenCalled();

        const found = await ask(`/${path}/1`, { 'If-None-Match': '"v6"' });
        expect([found.status, found.headers.get('etag')]).toEqual([200, '"v7"']);
        expect(found.headers.get('last-modified')).toBe('Thu, 01 Jan 2026 00:00:00 GMT');
        expect(found.headers.get('cache-control')).toBe('no-cache');
        expect(await found.text()).toMatch('hello');
        expect(show.mock.calls).toEqual([[1]]);
        const missing = await ask(`/${path}/2`, { 'If-None-Match': '"v7"' });
        expect([missing.status, missing.headers.get('etag')]).toEqual([404, null]);
        expect(logger.error).not.toHaveBeenCalled();
      },
    );

    it('comes after the pipes', async () => {
      show.mockClear();
      const state = vi.spyOn(Store.prototype, 'state');
      const ask = await serve(platform, metadata);
      expect((await ask('/provider/x', { 'If-None-Match': '"v7"' })).status).toBe(400);
      expect(state).not.toHaveBeenCalled();
      state.mockRestore();
    });

    it('is left out where it cannot be found: the handler runs, and its response has no tag', async () => {
      show.mockClear();
      const ask = await serve(platform, metadata);
      const broken = await ask('/broken/1', { 'If-None-Match': '*' });
      expect([broken.status, broken.headers.get('etag')]).toEqual([200, null]);
      expect(show).toHaveBeenCalledOnce();
    });
  });

  describe('with the rest of Nest', () => {
    const seen = vi.fn();
    const state = { etag: '"v7"' } as const;

    class Authenticate {
      canActivate(context: ExecutionContext) {
        if (!context.switchToHttp().getRequest().headers.authorization) throw new UnauthorizedException();
        return true;
      }
    }

    class Envelope implements NestInterceptor {
      intercept(_: ExecutionContext, next: CallHandler) {
        return next.handle().pipe(map((note: Note) => ({ data: note.text })));
      }
    }

    class Cached implements NestInterceptor {
      intercept() {
        return of('cached');
      }
    }

    class Broken implements NestInterceptor {
      intercept(_: ExecutionContext, next: CallHandler) {
        return next.handle().pipe(
          map(() => {
            throw new Error('broken');
          }),
        );
      }
    }

    class User {
      name = 'Ada';
      @Exclude() password: string;
      constructor(password: string) {
        this.password = password;
      }
    }

    @Controller('things')
    class Things {
      @Get('guarded')
      @UseGuards(Authenticate)
      @Etag({ current: () => state })
      guarded() {
        return note;
      }

      @Get('envelope')
      @UseInterceptors(Envelope)
      @Etag({ current: () => state })
      envelope() {
        seen();
        return note;
      }

      @Get('cached')
      @UseInterceptors(Cached)
      cached() {
        seen();
        return note;
      }

      @Get('broken')
      @UseInterceptors(Broken)
      @Etag((note: Note) => note.version)
      broken() {
        return note;
      }

      @Get('users/:password')
      @UseInterceptors(ClassSerializerInterceptor)
      user(@Param('password') password: string) {
        return new User(password);
      }

      @Get('status')
      @HttpCode(203)
      @Etag((note: Note) => note.version)
      status() {
        return note;
      }

      @Get('own')
      own(@Res({ passthrough: true }) response: AnyResponse) {
        response.header('ETag', '"own"');
        return note;
      }
    }
    @Controller('versions')
    class Versions {
      @Version('1')
      @Get()
      @Etag((note: Note) => note.version)
      first() {
        return note;
      }

      @Version('2')
      @Get()
      @Etag({ version: () => 'second' })
      second() {
        return note;
      }
    }
    const metadata = { imports: [EtagModule.forRoot()], controllers: [Things] };

    it('comes after the guards', async () => {
      const ask = await serve(platform, metadata);
      const refused = await ask('/things/guarded', { 'If-None-Match': '"v7"' });
      expect([refused.status, refused.headers.get('etag')]).toEqual([401, null]);
      expect((await ask('/things/guarded', { 'If-None-Match': '"v7"', Authorization: 'me' })).status).toBe(304);
    });

    it('does not show interceptors a value that is not there', async () => {
      const ask = await serve(platform, metadata);
      expect((await ask('/things/envelope', { 'If-None-Match': '"v7"' })).status).toBe(304);
      expect(seen).not.toHaveBeenCalled();
      const found = await ask('/things/envelope');
      expect([found.headers.get('etag'), await found.json()]).toEqual(['"v7"', { data: 'hello' }]);
      expect(logger.error).not.toHaveBeenCalled();
    });

    it('tags what interceptors answer instead of the handler', async () => {
      const ask = await serve(platform, metadata);
      const tag = await contentTag('cached');
      expect((await ask('/things/cached')).headers.get('etag')).toBe(tag);
      expect((await ask('/things/cached', { 'If-None-Match': tag })).status).toBe(304);
      const everywhere = await serve(platform, metadata, (app) => app.useGlobalInterceptors(new Cached()));
      expect((await everywhere('/things/own', { 'If-None-Match': tag })).status).toBe(304);
      const within = { ...metadata, providers: [{ provide: APP_INTERCEPTOR, useClass: Cached }] };
      const ofModule = await serve(platform, within);
      expect((await ofModule('/things/own')).headers.get('etag')).toBe(tag);
      // Where the handler has versions, a digest would make the next write a 412.
      for (const path of ['status', 'envelope']) {
        expect((await ofModule(`/things/${path}`)).headers.get('etag')).toBeNull();
      }
    });

    it('leaves no tag on the error of an interceptor', async () => {
      const ask = await serve(platform, metadata);
      const broken = await ask('/things/broken');
      expect([broken.status, broken.headers.get('etag')]).toEqual([500, null]);
    });

    it('tags what is sent, not what the serializer leaves out', async () => {
      const ask = await serve(platform, metadata);
      const [first, second] = [await ask('/things/users/a'), await ask('/things/users/b')];
      expect(await second.text()).toBe('{"name":"Ada"}');
      expect(first.headers.get('etag')).toBe(await contentTag('{"name":"Ada"}'));
      expect(second.headers.get('etag')).toBe(first.headers.get('etag'));
    });

    it('lets the handler set its own', async () => {
      const ask = await serve(platform, metadata);
      expect((await ask('/things/own')).headers.get('etag')).toBe('"own"');
      expect((await ask('/things/own', { 'If-None-Match': '"own"' })).status).toBe(304);
    });

    it('keeps @HttpCode(), prefixes and versions', async () => {
      const ask = await serve(platform, { ...metadata, controllers: [Things, Versions] }, (app) => {
        app.setGlobalPrefix('api').enableVersioning({ type: VersioningType.URI });
      });
      const found = await ask('/api/things/status');
      expect([found.status, found.headers.get('etag')]).toEqual([203, '"v7"']);
      expect((await ask('/api/things/status', { 'If-None-Match': '"v7"' })).status).toBe(304);
      expect((await ask('/api/v1/versions', { 'If-None-Match': '"v7"' })).status).toBe(304);
      expect((await ask('/api/v2/versions', { 'If-None-Match': '"vsecond"' })).status).toBe(304);
    });

    it('keeps versions in a header', async () => {
      const ask = await serve(platform, { ...metadata, controllers: [Versions] }, (app) => {
        app.enableVersioning({ type: VersioningType.HEADER, header: 'api-version' });
      });
      expect((await ask('/versions', { 'api-version': '1' })).headers.get('etag')).toBe('"v7"');
      expect((await ask('/versions', { 'api-version': '2' })).headers.get('etag')).toBe('"vsecond"');
    });
  });
});
