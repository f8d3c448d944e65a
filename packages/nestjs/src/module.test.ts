import { contentTag } from '@etag/core';
import { Controller, Get, Global, Inject, Injectable, Module, Param, Put, Scope, Sse } from '@nestjs/common';
import { ExternalContextCreator, HttpAdapterHost, REQUEST } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import { of } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { logger, platforms, serve } from '../test/app.ts';
import { absent, Etag, EtagModule, type Expectation, Expected, IfMatch } from './index.ts';

@Controller('plain')
class Plain {
  @Get()
  get() {
    return 'plain';
  }
}

@Controller('decorated')
class Decorated {
  @Get()
  @Etag()
  get() {
    return 'decorated';
  }

  @Put()
  @IfMatch({ require: true })
  put(@Expected() _expected: Expectation) {
    return 'put';
  }
}

@Controller('versions')
class Versions {
  @Get()
  @Etag((value: { version: number }) => value.version)
  get() {
    return { version: 7 };
  }
}

const length = { digest: (content: string | Uint8Array) => `${content.length}` };

describe.each(platforms)('EtagModule on %s', (platform) => {
  it('takes its options from other providers', async () => {
    @Global()
    @Module({ providers: [{ provide: 'OPTIONS', useValue: length }], exports: ['OPTIONS'] })
    class ConfigModule {}
    const etag = EtagModule.forRootAsync({ inject: ['OPTIONS'], useFactory: async (options) => options });
    const ask = await serve(platform, { imports: [ConfigModule, etag], controllers: [Plain] });
    expect((await ask('/plain')).headers.get('etag')).toBe('"5"');
  });

  it('is for the modules that import it, when it is not global', async () => {
    @Module({ imports: [EtagModule.forRoot({ isGlobal: false, ...length })], controllers: [Plain, Decorated] })
    class Feature {}
    @Controller('outside')
    class Outside extends Plain {}
    const ask = await serve(platform, { imports: [Feature], controllers: [Outside] });
    expect((await ask('/plain')).headers.get('etag')).toBe('"5"');
    expect((await ask('/decorated')).headers.get('etag')).toBe('"9"');
    expect((await ask('/decorated', {}, { method: 'PUT' })).status).toBe(428);
    expect((await ask('/outside')).headers.get('etag')).toBeNull();
  });

  it('is for the modules that get it from a module that exports it', async () => {
    @Module({ imports: [EtagModule.forRoot({ isGlobal: false, ...length })], exports: [EtagModule] })
    class Shared {}
    @Module({ imports: [Shared], exports: [Shared] })
    class SharedOn {}
    @Module({ imports: [SharedOn], controllers: [Plain, Decorated] })
    class Feature {}
    @Controller('outside')
    class Outside extends Plain {}
    const ask = await serve(platform, { imports: [Feature], controllers: [Outside] });
    expect((await ask('/plain')).headers.get('etag')).toBe('"5"');
    expect((await ask('/decorated', {}, { method: 'PUT' })).status).toBe(428);
    expect((await ask('/outside')).headers.get('etag')).toBeNull();
  });

  it('is the nearest one', async () => {
    @Module({ imports: [EtagModule.forRoot({ isGlobal: false, ...length })], controllers: [Plain, Decorated] })
    class Feature {}
    @Controller('outside')
    class Outside extends Plain {}
    const ask = await serve(platform, {
      imports: [EtagModule.forRoot({ weak: true }), Feature],
      controllers: [Outside],
    });
    expect((await ask('/plain')).headers.get('etag')).toBe('"5"');
    expect((await ask('/decorated')).headers.get('etag')).toBe('"9"');
    expect((await ask('/outside')).headers.get('etag')).toBe(await contentTag('plain', { weak: true }));
  });

  it('is missed at the start, not at the first lost update', async () => {
    await expect(serve(platform, { controllers: [Decorated] })).rejects.toThrow('import EtagModule.forRoot()');
  });

  it('lets events through', async () => {
    @Controller()
    class Events {
      @Sse()
      @Etag()
      events() {
        return of({ data: 'first' }, { data: 'second' });
      }
    }
    const ask = await serve(platform, { imports: [EtagModule.forRoot()], controllers: [Events] });
    const response = await ask('/');
    expect([response.status, response.headers.get('etag')]).toEqual([200, null]);
    expect(await response.text()).toMatch(/data: first\n[\s\S]*data: second\n/);
  });

  it('knows handlers that are inherited, request-scoped, or wrapped by others', async () => {
    /** As a library does that runs methods in a transaction. */
    const Wrapped = (): MethodDecorator => (_target, _key, descriptor) => {
      const method = descriptor.value as unknown as (...args: unknown[]) => unknown;
      const wrapper = async function (this: unknown, ...args: unknown[]) {
        return `wrapped ${await method.apply(this, args)}`;
      };
      for (const key of Reflect.getMetadataKeys(method)) {
        Reflect.defineMetadata(key, Reflect.getMetadata(key, method), wrapper);
      }
      descriptor.value = wrapper as never;
    };

    class Base {
      @Put('inherited/:id')
      @IfMatch()
      inherited(@Param('id') id: string, @Expected() expected: Expectation) {
        return `${id} ${JSON.stringify(expected)}`;
      }

      @Put('outside')
      @Wrapped()
      @IfMatch({ require: true })
      outside(@Expected() expected: Expectation) {
        return JSON.stringify(expected);
      }

      @IfMatch({ require: true })
      @Wrapped()
      @Put('within')
      within(@Expected() expected: Expectation) {
        return JSON.stringify(expected);
      }
    }

    @Controller({ scope: Scope.REQUEST })
    class Derived extends Base {
      constructor(@Inject(REQUEST) readonly request: object) {
        super();
      }
    }
    const ask = await serve(platform, { imports: [EtagModule.forRoot()], controllers: [Derived] });
    const put = (path: string, headers = {}) => ask(path, headers, { method: 'PUT' });
    const held = { 'If-Match': '"v7"' };
    expect(await (await put('/inherited/1', held)).text()).toBe('1 {"oneOf":["7"]}');
    for (const path of ['/outside', '/within']) {
      expect((await put(path)).status).toBe(428);
      expect(await (await put(path, held)).text()).toBe('wrapped {"oneOf":["7"]}');
    }
  });

  it('does nothing where there is no HTTP, and says so once', async () => {
    @Injectable()
    class Resolver {
      @Etag({ current: () => ({ etag: '"v7"' }) })
      notes(_parent: unknown, { id }: { id: string }) {
        return id;
      }

      @IfMatch({ require: true, current: () => null })
      save(first: string) {
        return first;
      }
    }
    let creator: ExternalContextCreator | undefined;
    let resolver = new Resolver();
    await serve(platform, { imports: [EtagModule.forRoot()], providers: [Resolver] }, (app) => {
      creator = app.get(ExternalContextCreator);
      resolver = app.get(Resolver);
    });
    // What @nestjs/graphql does with the methods of a resolver.
    const call = (name: 'notes' | 'save', ...args: unknown[]) => {
      const method = resolver[name] as (...args: unknown[]) => unknown;
      const callback = creator?.create(
        resolver,
        method,
        name,
        undefined,
        undefined,
        undefined,
        undefined,
        undefined,
        'graphql',
      );
      return callback?.(...args);
    };
    expect(await call('notes', null, { id: '1' })).toBe('1');
    expect(await call('notes', null, { id: '2' })).toBe('2');
    expect(await call('save', 'a')).toBe('a');
    expect(logger.warn.mock.calls.map(([message]) => message)).toEqual([
      expect.stringContaining('Resolver.notes'),
      expect.stringContaining('Resolver.save'),
    ]);
  });
});

it('is not needed by the unit test of a controller', async () => {
  // As `nest generate controller` writes it.
  const module = await Test.createTestingModule({ controllers: [Decorated, Plain, Versions] }).compile();
  expect(module.get(Decorated)).toBeDefined();
  expect(module.get(Decorated).get()).toBe('decorated');
  expect(module.get(Decorated).put(absent)).toBe('put');
  expect(module.get(Versions).get()).toEqual({ version: 7 });
  await expect(module.createNestApplication().init()).rejects.toThrow('import EtagModule.forRoot()');
});

it('is of no consequence to an application without HTTP', async () => {
  const module = await Test.createTestingModule({ imports: [EtagModule.forRoot()] }).compile();
  await expect(module.init()).resolves.toBe(module);
  await module.close();
});

it('says which platforms it is for', async () => {
  const module = await Test.createTestingModule({ imports: [EtagModule.forRoot()] }).compile();
  Object.assign(module.get(HttpAdapterHost), { httpAdapter: { getType: () => 'other' } });
  await expect(module.init()).rejects.toThrow('this application runs on other');
});
