import { OutcomeUnknownError, outcome, replace, update } from '@etag/concurrency';
import { memoryStore } from '@etag/concurrency/memory';
import { type EtagError, PreconditionRequiredError } from '@etag/core';
import {
  type ArgumentsHost,
  Body,
  Catch,
  Controller,
  Delete,
  type ExceptionFilter,
  type ExecutionContext,
  Get,
  Header,
  HttpCode,
  Inject,
  Injectable,
  type MiddlewareConsumer,
  Module,
  NotFoundException,
  Param,
  Patch,
  Post,
  Put,
  UnauthorizedException,
  UseFilters,
  UseGuards,
  ValidationPipe,
} from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { IsString } from 'class-validator';
import { defer } from 'rxjs';
import { describe, expect, it, vi } from 'vitest';
import { logger, platforms, serve } from '../test/app.ts';
import { type CurrentState, Etag, EtagModule, type Expectation, Expected, IfMatch } from './index.ts';

class NoteDto {
  @IsString() text!: string;
}

@Injectable()
class Notes {
  readonly store = memoryStore<NoteDto>();
}

@Injectable()
class NoteState implements CurrentState {
  constructor(@Inject(Notes) private readonly notes: Notes) {}

  current(context: ExecutionContext) {
    return this.notes.store.state(context.switchToHttp().getRequest().params.id);
  }
}

class Authenticate {
  canActivate(context: ExecutionContext) {
    if (context.switchToHttp().getRequest().headers.authorization) return true;
    throw new UnauthorizedException();
  }
}

const body = new ValidationPipe({ expectedType: NoteDto });
const written = vi.fn();

@Controller('notes')
class NotesController {
  constructor(@Inject(Notes) private readonly notes: Notes) {}

  @Get(':id')
  @Etag({ current: NoteState })
  async show(@Param('id') id: string) {
    const note = await this.notes.store.get(id);
    if (!note) throw new NotFoundException();
    return note.value;
  }

  @Put(':id')
  @IfMatch({ require: true })
  replace(@Param('id') id: string, @Body(body) note: NoteDto, @Expected() expected: Expectation) {
    written(id);
    return replace(this.notes.store, id, note, expected);
  }

  @Put(':id/as-sent')
  @IfMatch({ storedAsSent: true })
  replaceAsSent(@Expected() expected: Expectation, @Param('id') id: string, @Body(body) note: NoteDto) {
    return defer(() => replace(this.notes.store, id, note, expected));
  }

  @Put(':id/guarded')
  @UseGuards(Authenticate)
  @IfMatch({ require: true, current: NoteState })
  async replaceGuarded(@Param('id') id: string, @Body(body) note: NoteDto, @Expected() expected: Expectation) {
    written(id);
    return this.replace(id, note, expected);
  }

  @Put(':id/accepted')
  @HttpCode(202)
  @IfMatch()
  replaceAccepted(@Param('id') id: string, @Body(body) note: NoteDto, @Expected() expected: Expectation) {
    return replace(this.notes.store, id, note, expected);
  }

  @Patch(':id')
  @IfMatch()
  update(@Param('id') id: string, @Body() patch: object, @Expected() expected: Expectation) {
    return update(this.notes.store, id, (note) => ({ ...note, ...patch }), expected);
  }

  @Delete(':id')
  @IfMatch()
  remove(@Param('id') id: string, @Expected() expected: Expectation) {
    return this.notes.store.delete(id, expected);
  }

  @Post('contended')
  @IfMatch()
  contended(@Expected() _expected: Expectation) {
    return outcome({ kind: 'contended' });
  }

  @Post('unknown')
  @IfMatch()
  unknown(@Expected() _expected: Expectation) {
    throw new OutcomeUnknownError();
  }

  @Post('none')
  @IfMatch()
  none(@Expected() _expected: Expectation) {
    return { kind: 'updated', note: { text: 'milk' } };
  }

  @Post('forgotten')
  forgotten(@Expected() expected: Expectation) {
    written(expected);
  }
}

const metadata = { imports: [EtagModule.forRoot()], controllers: [NotesController], providers: [Notes, NoteState] };

describe.each(platforms)('on %s', (platform) => {
  async function serveNotes(imports = metadata.imports) {
    written.mockClear();
    const ask = await serve(platform, { ...metadata, imports });
    return (method: string, path: string, headers: Record<string, string> = {}, content?: unknown) =>
      ask(
        `/notes/${path}`,
        { ...(content !== undefined && { 'Content-Type': 'application/json' }), ...headers },
        {
          method,
          ...(content !== undefined && { body: JSON.stringify(content) }),
        },
      );
  }
  const note = { text: 'hello' };

  it('hands the expectation to the store, and its outcome becomes the response', async () => {
    const send = await serveNotes();
    const required = await send('PUT', '1', {}, note);
    expect([required.status, await required.json()]).toMatchObject([428, { reason: 'required' }]);
    expect(required.headers.get('content-type')).toMatch('application/problem+json');
    expect(written).not.toHaveBeenCalled();

    const created = await send('PUT', '1', { 'If-None-Match': '*' }, note);
    // RFC 9110 §9.3.4: nothing says that the content was stored as sent
    expect([created.status, created.headers.get('etag'), await created.json()]).toEqual([201, null, note]);
    const tag = (await send('GET', '1')).headers.get('etag') ?? '';
    const exists = await send('PUT', '1', { 'If-None-Match': '*' }, note);
    expect([exists.status, exists.headers.get('etag')]).toEqual([412, tag]);
    expect(await exists.json()).toMatchObject({ field: 'if-none-match', reason: 'exists', current: tag });

    const updated = await send('PUT', '1', { 'If-Match': tag }, { text: 'again' });
    expect([updated.status, updated.headers.get('etag'), await updated.json()]).toEqual([200, null, { text: 'again' }]);
    const stale = await send('PUT', '1', { 'If-Match': tag }, note);
    expect([stale.status, await stale.json()]).toMatchObject([412, { field: 'if-match', reason: 'no-match' }]);
    expect(stale.headers.get('content-type')).toMatch('application/problem+json');
    const malformed = await send('PUT', '1', { 'If-Match': 'v1' }, note);
    expect([malformed.status, await malformed.json()]).toMatchObject([412, { reason: 'malformed' }]);
    expect((await send('PUT', '2', { 'If-Match': tag }, note)).status).toBe(412);
  });

  it('sends the validators where the content is stored as sent', async () => {
    const send = await serveNotes();
    const created = await send('PUT', '1/as-sent', {}, note);
    expect(created.status).toBe(201);
    const tag = created.headers.get('etag') ?? '';
    expect((await send('GET', '1')).headers.get('etag')).toBe(tag);
    expect((await send('PUT', '1/as-sent', { 'If-Match': `${tag.slice(0, -1)}-gzip"` }, note)).status).toBe(200);
    expect((await send('PUT', '1/as-sent', { 'If-Match': tag }, note)).status).toBe(412);
  });

  it('has the status of the outcome, whatever @HttpCode() says', async () => {
    const send = await serveNotes();
    expect((await send('PUT', '1/accepted', { 'If-None-Match': '*' }, note)).status).toBe(201);
    expect((await send('PUT', '1/accepted', { 'If-None-Match': '*' }, note)).status).toBe(412);
  });

  it('counts what the application makes of the request', async () => {
    const ask = await serve(platform, metadata, (app) =>
      app.use(({ url, headers }: { url: string; headers: Record<string, string> }, _: unknown, next: () => void) => {
        const rev = new URLSearchParams(url.split('?')[1]).get('rev');
        if (rev) headers['if-match'] = `"${rev}"`;
        next();
      }),
    );
    const put = (query: string, headers: Record<string, string>) =>
      ask(
        `/notes/1${query}`,
        { 'Content-Type': 'application/json', ...headers },
        { method: 'PUT', body: JSON.stringify({ text: query }) },
      );
    expect((await put('', { 'If-None-Match': '*' })).status).toBe(201);
    const tag = (await ask('/notes/1')).headers.get('etag') ?? '';
    // A date beside it changes nothing.
    const date = { 'If-Unmodified-Since': 'Fri, 31 Dec 2100 23:59:59 GMT' };
    for (const headers of [{}, { 'If-Match': tag }, date]) {
      expect((await put('?rev=v0', headers)).status).toBe(412);
      expect((await ask('/notes/1?rev=v0')).status).toBe(412);
    }
    expect(await (await ask('/notes/1')).json()).toEqual({ text: '' });
    expect((await put(`?rev=${tag.slice(1, -1)}`, {})).status).toBe(200);
  });

  it('updates and deletes', async () => {
    const send = await serveNotes();
    expect((await send('PATCH', '1', {}, note)).status).toBe(404);
    expect((await send('DELETE', '1', { 'If-Match': '*' })).status).toBe(404);
    await send('PUT', '1', { 'If-None-Match': '*' }, note);
    const patched = await send('PATCH', '1', {}, { text: 'patched' });
    expect([patched.status, await patched.json()]).toEqual([200, { text: 'patched' }]);
    const tag = patched.headers.get('etag') ?? '';
    expect(tag).toBe((await send('GET', '1')).headers.get('etag'));
    expect((await send('DELETE', '1', { 'If-Match': '"v0"' })).status).toBe(412);
    const deleted = await send('DELETE', '1', { 'If-Match': tag });
    expect([deleted.status, await deleted.text(), deleted.headers.get('content-type')]).toEqual([204, '', null]);
    expect((await send('GET', '1', { 'If-None-Match': tag })).status).toBe(404);
  });

  it('comes after guards and pipes, and before the handler where the state is known', async () => {
    const send = await serveNotes();
    const state = vi.spyOn(NoteState.prototype, 'current');
    const put = (headers: Record<string, string>, content: unknown = note) =>
      send('PUT', '1/guarded', headers, content);
    const me = { Authorization: 'me' };
    expect((await put({ 'If-Match': 'malformed' }, {})).status).toBe(401);
    expect((await put({ ...me, 'If-Match': 'malformed' }, {})).status).toBe(400);
    expect((await put(me, {})).status).toBe(400);
    expect(state).not.toHaveBeenCalled();
    expect((await put(me)).status).toBe(428);
    expect((await put({ ...me, 'If-Match': 'malformed' })).status).toBe(412);
    expect((await put({ ...me, 'If-Match': '"v1"' })).status).toBe(412);
    expect(written).not.toHaveBeenCalled();

    expect((await put({ ...me, 'If-None-Match': '*' })).status).toBe(201);
    const tag = (await send('GET', '1')).headers.get('etag') ?? '';
    written.mockClear();
    const stale = await put({ ...me, 'If-Match': '"v0"' });
    expect([stale.status, stale.headers.get('etag'), (await stale.json()).current]).toEqual([412, tag, tag]);
    expect(written).not.toHaveBeenCalled();
    expect((await put({ ...me, 'If-Match': tag })).status).toBe(200);
    // The handler calls another one, which is an ordinary method then.
    expect(written.mock.calls).toEqual([['1'], ['1']]);
    state.mockRestore();
  });

  it('tells a busy store, and one that does not answer, from a conflict', async () => {
    const send = await serveNotes();
    const contended = await send('POST', 'contended');
    expect([contended.status, contended.headers.get('retry-after')]).toEqual([503, '1']);
    expect((await send('POST', 'unknown')).status).toBe(500);
    const none = await send('POST', 'none');
    expect([none.status, await none.json()]).toEqual([201, { kind: 'updated', note: { text: 'milk' } }]);
  });

  it('gives no expectation to a handler that is not guarded', async () => {
    const send = await serveNotes();
    expect((await send('POST', 'forgotten', { 'If-Match': '"v1"' })).status).toBe(500);
    expect(String(logger.error.mock.lastCall?.[0])).toMatch('NotesController.forgotten needs @IfMatch()');
    expect(written).not.toHaveBeenCalled();
  });

  it('leaves refusals to a filter in the place of its own, or closer by', async () => {
    @Catch()
    class Mine implements ExceptionFilter {
      catch(error: EtagError, host: ArgumentsHost) {
        const response = host.switchToHttp().getResponse();
        response.status(error.status).send({ mine: error.code, kind: Object(error).outcome?.kind });
      }
    }
    const send = await serveNotes([EtagModule.forRoot({ filter: Mine })]);
    await send('PUT', '1', { 'If-None-Match': '*' }, note);
    const refused = await send('PUT', '1', { 'If-None-Match': '*' }, note);
    expect([refused.status, await refused.json()]).toEqual([412, { mine: 'ETAG_WRITE_REFUSED', kind: 'exists' }]);

    @UseFilters(Mine)
    @Controller()
    class Closer {
      @Put()
      @IfMatch({ require: true })
      put(@Expected() _expected: Expectation) {}
    }
    const ask = await serve(platform, { imports: [EtagModule.forRoot()], controllers: [Closer] });
    const required = await ask('/', {}, { method: 'PUT' });
    expect([required.status, await required.json()]).toEqual([428, { mine: 'ETAG_PRECONDITION_REQUIRED' }]);
  });

  it('sends what a middleware throws', async () => {
    @Module({ imports: [EtagModule.forRoot()], controllers: [NotesController], providers: metadata.providers })
    class Guarded {
      configure(consumer: MiddlewareConsumer) {
        const refuse = () => {
          throw new PreconditionRequiredError();
        };
        consumer.apply(refuse).forRoutes('*path');
      }
    }
    const required = await (await serve(platform, { imports: [Guarded] }))('/notes/1');
    expect([required.status, await required.json()]).toMatchObject([428, { reason: 'required' }]);
    expect(required.headers.get('content-type')).toMatch('application/problem+json');
  });

  it('is before a catch-all of the root module, and after one that the application adds', async () => {
    @Catch()
    class All implements ExceptionFilter {
      catch(_: unknown, host: ArgumentsHost) {
        host.switchToHttp().getResponse().status(500).send('all');
      }
    }
    const put = { method: 'PUT', body: JSON.stringify(note) };
    const type = { 'Content-Type': 'application/json' };
    const providers = [...metadata.providers, { provide: APP_FILTER, useClass: All }];
    const before = await serve(platform, { ...metadata, providers });
    expect((await before('/notes/1', type, put)).status).toBe(428);
    expect((await before('/nowhere')).status).toBe(500);
    const after = await serve(platform, metadata, (app) => app.useGlobalFilters(new All()));
    expect((await after('/notes/1', type, put)).status).toBe(500);
  });

  it('sends a refusal without what was said of the representation', async () => {
    @Controller()
    class Broken {
      @Put()
      @Header('Cache-Control', 'max-age=60')
      @Header('Access-Control-Allow-Origin', '*')
      @IfMatch({ current: () => ({ etag: '"v\xe9"' }) })
      put() {}
    }
    const ask = await serve(platform, { imports: [EtagModule.forRoot()], controllers: [Broken] });
    const { status, headers } = await ask('/', { 'If-Match': '"v6"' }, { method: 'PUT' });
    expect([status, headers.get('etag'), headers.get('cache-control')]).toEqual([412, '"v\xe9"', null]);
    expect(headers.get('access-control-allow-origin')).toBe('*');
  });
});

it('does not start where it would guard nothing', () => {
  const declare = () => {
    class Forgetful {
      @Put()
      @IfMatch({ require: true })
      save() {}
    }
    return Forgetful;
  };
  expect(declare).toThrow(
    new TypeError(
      '@IfMatch() on Forgetful.save guards nothing: give the method an @Expected() parameter, or { current }',
    ),
  );

  class Base {
    @Put()
    @IfMatch()
    save(@Expected() _expected?: Expectation) {}
  }
  const override = () => {
    class Derived extends Base {
      @Put()
      @IfMatch()
      override save() {}
    }
    return Derived;
  };
  expect(override).toThrow('Derived.save');
});

it('is an ordinary method without a request', async () => {
  const controller = new NotesController({ store: memoryStore<NoteDto>() });
  expect(controller.replace.name).toBe('replace');
  const outcome = await controller.replace('1', { text: 'hello' }, {});
  expect(outcome).toMatchObject({ kind: 'created' });
});

it.each([
  ['@IfMatch({ current })', () => IfMatch({ current: undefined })],
  ['@Etag({ current })', () => Etag({ current: undefined } as never)],
  ['@Etag({ version })', () => Etag({ version: undefined } as never)],
  ['@Etag({ lastModified })', () => Etag({ lastModified: null } as never)],
])('does not start with a source that is there and undefined: %s', (_, decorator) => {
  const declare = () => {
    class Misspelt {
      @Put()
      @decorator()
      save(@Expected() _expected?: Expectation) {}
    }
    return Misspelt;
  };
  expect(declare).toThrow(TypeError);
});
