import { outcome } from '@etag/concurrency';
import { PreconditionFailedError } from '@etag/core';
import {
  type ArgumentsHost,
  type CallHandler,
  Catch,
  Controller,
  Delete,
  type ExecutionContext,
  Get,
  HttpException,
  Inject,
  type NestInterceptor,
  Post,
  Put,
  UseFilters,
  UseInterceptors,
} from '@nestjs/common';
import { BaseExceptionFilter, HttpAdapterHost } from '@nestjs/core';
import { catchError, defer, tap, throwError } from 'rxjs';
import { describe, expect, it, vi } from 'vitest';
import { logger, platforms, serve } from '../test/app.ts';
import {
  Etag,
  EtagException,
  EtagModule,
  type Expectation,
  Expected,
  IfMatch,
  isEtagError,
  type Outcome,
  orThrow,
  WriteRefusedError,
} from './index.ts';

/** As Nest's documentation has it. */
@Catch()
class CatchEverythingFilter {
  constructor(@Inject(HttpAdapterHost) private readonly httpAdapterHost: HttpAdapterHost) {}

  catch(exception: unknown, host: ArgumentsHost): void {
    const { httpAdapter } = this.httpAdapterHost;
    const response = host.switchToHttp().getResponse();
    const status = exception instanceof HttpException ? exception.getStatus() : 500;
    httpAdapter.reply(response, { statusCode: status }, status);
  }
}

const current = () => ({ etag: '"v7"' }) as const;
const seen = vi.fn();

@Controller()
class Notes {
  @Put('note')
  @IfMatch({ require: true, current })
  put() {
    return 'saved';
  }

  @Get('note')
  @Etag({ current })
  get() {
    return 'note';
  }

  @Get('content')
  content() {
    return 'content';
  }

  @Put('refused')
  @IfMatch()
  refused(@Expected() _expected: Expectation) {
    return defer(async () => outcome({ kind: 'stale', current: { version: '7' }, failed: 'oneOf' }));
  }

  @Put('thrown')
  @IfMatch()
  thrown(@Expected() _expected: Expectation) {
    return throwError(
      () =>
        new PreconditionFailedError(
          { method: 'PUT', headers: {} },
          { field: 'if-match', reason: 'no-match' },
          current(),
        ),
    );
  }
}

const metadata = { imports: [EtagModule.forRoot()], controllers: [Notes] };

describe.each(platforms)('412 and 428 on %s', (platform) => {
  it('are exceptions of Nest to a catch-all filter', async () => {
    const ask = await serve(platform, metadata, (app) =>
      app.useGlobalFilters(new CatchEverythingFilter(app.get(HttpAdapterHost))),
    );
    const put = async (path: string, headers: Record<string, string>) =>
      (await ask(path, headers, { method: 'PUT' })).status;
    expect(await put('/note', {})).toBe(428);
    expect(await put('/note', { 'If-Match': '"v6"' })).toBe(412);
    expect(await put('/note', { 'If-Match': 'v7' })).toBe(412);
    expect(await put('/note', { 'If-Match': '"v7"' })).toBe(200);
    expect(await put('/refused', { 'If-Match': '"v6"' })).toBe(412);
    expect(await put('/thrown', { 'If-Match': '"v6"' })).toBe(412);
    for (const path of ['/note', '/content']) expect((await ask(path, { 'If-Match': '"v6"' })).status).toBe(412);
  });

  it('are problem details to the filter of Nest itself', async () => {
    const ask = await serve(platform, metadata, (app) => {
      app.useGlobalFilters(new BaseExceptionFilter(app.getHttpAdapter()));
    });
    const refused = await ask('/note', { 'If-Match': '"v6"' }, { method: 'PUT' });
    expect([refused.status, await refused.json()]).toMatchObject([
      412,
      { title: 'Precondition Failed', status: 412, field: 'if-match', reason: 'no-match', current: '"v7"' },
    ]);
    expect(logger.error).not.toHaveBeenCalled();
  });

  it('are problem details with the tag, and their type, to the filter of the module', async () => {
    const ask = await serve(platform, metadata);
    for (const [method, path] of [
      ['PUT', '/note'],
      ['PUT', '/refused'],
      ['PUT', '/thrown'],
      ['GET', '/note'],
    ] as const) {
      const refused = await ask(path, { 'If-Match': '"v6"' }, { method });
      expect([refused.status, refused.headers.get('etag'), await refused.json()]).toMatchObject([
        412,
        '"v7"',
        { field: 'if-match', reason: 'no-match', current: '"v7"' },
      ]);
      expect(refused.headers.get('content-type')).toBe('application/problem+json');
    }
  });

  it('are seen by interceptors as what they are', async () => {
    class Logging implements NestInterceptor {
      intercept(_: ExecutionContext, next: CallHandler) {
        return next.handle().pipe(
          catchError((error) => {
            seen(error);
            throw error;
          }),
        );
      }
    }
    const ask = await serve(platform, metadata, (app) => app.useGlobalInterceptors(new Logging()));
    await ask('/refused', { 'If-Match': '"v6"' }, { method: 'PUT' });
    const [exception] = seen.mock.lastCall ?? [];
    expect(exception).toBeInstanceOf(EtagException);
    expect(exception.cause).toBeInstanceOf(WriteRefusedError);
    expect([exception.getStatus(), exception.code, isEtagError(exception)]).toEqual([412, 'ETAG_WRITE_REFUSED', true]);
    expect(exception.cause.outcome).toMatchObject({ kind: 'stale' });
  });
});

describe.each(platforms)('an early 304 on %s', (platform) => {
  class Logging implements NestInterceptor {
    intercept(_: ExecutionContext, next: CallHandler) {
      return next
        .handle()
        .pipe(tap({ next: () => seen('value'), error: () => seen('error'), complete: () => seen('complete') }));
    }
  }

  it('is no error to interceptors, and no value', async () => {
    @Controller()
    @UseInterceptors(Logging)
    class Logged extends Notes {
      @Get('own')
      @UseInterceptors(Logging)
      @Etag({ current })
      own() {
        return 'own';
      }
    }
    const ask = await serve(platform, { ...metadata, controllers: [Logged] }, (app) =>
      app.useGlobalInterceptors(new Logging()),
    );
    seen.mockClear();
    const match = { 'If-None-Match': '"v7"' };
    expect((await ask('/own', match)).status).toBe(304);
    expect(seen.mock.calls.flat()).toEqual(['complete', 'complete', 'complete']);
    expect(logger.error).not.toHaveBeenCalled();
    seen.mockClear();
    expect((await ask('/own')).status).toBe(200);
    expect(seen.mock.calls.flat().filter((what) => what === 'value')).toHaveLength(3);
  });

  it('is no error to filters, wherever they are bound', async () => {
    @Catch()
    class Everything {
      catch(error: unknown, host: ArgumentsHost) {
        seen(error);
        host.switchToHttp().getResponse().status(500).send('broken');
      }
    }
    @Controller()
    class Bound {
      @Get('above')
      @UseFilters(Everything)
      @Etag({ current })
      above() {}

      @Etag({ current })
      @UseFilters(Everything)
      @Get('below')
      below() {}
    }
    const ask = await serve(platform, { ...metadata, controllers: [Bound] }, (app) =>
      app.useGlobalFilters(new Everything()),
    );
    seen.mockClear();
    for (const path of ['/above', '/below']) {
      for (let i = 0; i < 3; i++) expect((await ask(path, { 'If-None-Match': '"v7"' })).status).toBe(304);
    }
    expect(seen).not.toHaveBeenCalled();
    expect(logger.error).not.toHaveBeenCalled();
  });
});

describe.each(platforms)('orThrow on %s', (platform) => {
  const refusals: Record<string, Outcome<string>> = {
    stale: outcome({ kind: 'stale', current: { version: '7' }, failed: 'oneOf' }),
    missing: outcome({ kind: 'missing', failed: null }),
    contended: outcome({ kind: 'contended' }),
    updated: outcome({ kind: 'updated', value: 'text', version: '8' }),
  };

  function controller(kind: string) {
    @Controller()
    class Written {
      @Delete('decorated')
      @IfMatch()
      async decorated(@Expected() _expected: Expectation) {
        return { saved: 'value' in orThrow(refusals[kind] as Outcome<string>) };
      }

      @Post('plain')
      plain() {
        return { saved: 'value' in orThrow(refusals[kind] as Outcome<string>) };
      }
    }
    return Written;
  }

  it.each([
    { kind: 'stale', decorated: 412, plain: 412 },
    { kind: 'missing', decorated: 404, plain: 412 },
    { kind: 'contended', decorated: 503, plain: 503 },
    { kind: 'updated', decorated: 200, plain: 201 },
  ])('$kind', async ({ kind, decorated, plain }) => {
    const ask = await serve(platform, { imports: [EtagModule.forRoot()], controllers: [controller(kind)] });
    const removed = await ask('/decorated', { 'If-Match': '"v6"' }, { method: 'DELETE' });
    expect(removed.status).toBe(decorated);
    const content = await removed.json();
    if (decorated === 412) expect(content).toMatchObject({ field: 'if-match', reason: 'no-match', current: '"v7"' });
    if (decorated === 200) expect(content).toEqual({ saved: true });
    expect((await ask('/plain', {}, { method: 'POST' })).status).toBe(plain);
  });

  it('takes nothing but an outcome', () => {
    expect(() => orThrow({ kind: 'updated' } as never)).toThrow(TypeError);
    expect(() => orThrow(undefined as never)).toThrow(TypeError);
  });
});
