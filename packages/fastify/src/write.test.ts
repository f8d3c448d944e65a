import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import { replace } from '@etag/concurrency';
import { memoryStore } from '@etag/concurrency/memory';
import { isEtagError, outcome, PreconditionFailedError } from '@etag/core';
import Fastify, { type FastifyError, type FastifyInstance } from 'fastify';
import { describe, expect, it, vi } from 'vitest';
import { etag, etagPlugin, expectation, precondition, respond } from './index.ts';

const put = (app: FastifyInstance, headers: Record<string, string>) =>
  app.inject({ method: 'PUT', url: '/1', headers, payload: { text: 'a' } });

describe('precondition', () => {
  const guarded = (save = vi.fn(async () => 'saved'), app: FastifyInstance = Fastify()) => {
    const schema = { body: { type: 'object', properties: { text: { type: 'string', maxLength: 1 } } } };
    const preHandler = precondition({ current: () => ({ etag: '"v7"' }), require: true });
    app.put('/:id', { schema, preHandler }, save);
    return { app, save };
  };

  it('becomes problem details, with the fields set before', async () => {
    const { app, save } = guarded();
    app.register(etagPlugin);
    app.addHook('onRequest', async (_request, reply) => void reply.header('Access-Control-Allow-Origin', '*'));
    const stale = await put(app, { 'if-match': '"v6"' });
    expect([stale.statusCode, stale.headers.etag]).toEqual([412, '"v7"']);
    expect(stale.headers['content-type']).toBe('application/problem+json');
    expect(stale.headers['access-control-allow-origin']).toBe('*');
    expect(stale.json()).toMatchObject({ status: 412, field: 'if-match', reason: 'no-match', current: '"v7"' });
    const unguarded = await put(app, {});
    expect([unguarded.statusCode, unguarded.json()]).toMatchObject([428, { reason: 'required' }]);
    expect(save).not.toHaveBeenCalled();
    expect((await put(app, { 'if-match': '"v7-gzip"' })).body).toBe('saved');
  });

  it('comes after what may be asked', async () => {
    const { app } = guarded();
    app.register(etagPlugin);
    const long = { method: 'PUT', url: '/1', headers: { 'if-match': '"v6"' }, payload: { text: 'too long' } } as const;
    expect((await app.inject(long)).statusCode).toBe(400);
  });

  it('has its status and tag without the plugin, too', async () => {
    const { app } = guarded();
    const stale = await put(app, { 'if-match': '"v6"' });
    expect([stale.statusCode, stale.headers.etag]).toEqual([412, '"v7"']);
    expect(stale.json()).toMatchObject({ statusCode: 412, code: 'ETAG_PRECONDITION_FAILED' });
  });

  it.each(['before', 'after'])('comes to the application’s error handler first, set %s the plugin', async (order) => {
    const app = Fastify();
    if (order === 'after') await app.register(etagPlugin);
    const seen: unknown[] = [];
    app.setErrorHandler<FastifyError>((error, _request, reply) => {
      seen.push(error);
      return reply.code(error.statusCode === 412 ? 409 : 500).send({ custom: isEtagError(error) && error.code });
    });
    if (order === 'before') await app.register(etagPlugin);
    guarded(undefined, app);
    const answered = await put(app, { 'if-match': '"v6"' });
    expect([answered.statusCode, answered.json()]).toEqual([409, { custom: 'ETAG_PRECONDITION_FAILED' }]);
    expect(seen).toHaveLength(1);
    expect(seen[0]).toBeInstanceOf(PreconditionFailedError);
  });

  it.each([
    ['sends it', (error: Error) => error],
    [
      'throws it',
      (error: Error) => {
        throw error;
      },
    ],
  ])('becomes problem details when the application’s error handler %s on', async (_, handle) => {
    const { app } = guarded();
    app.register(etagPlugin);
    app.setErrorHandler<FastifyError>((error) => handle(error));
    const stale = await put(app, { 'if-match': '"v6"' });
    expect([stale.statusCode, stale.json()]).toMatchObject([412, { current: '"v7"' }]);
  });

  it('becomes problem details after the error handlers of all instances', async () => {
    const app = Fastify();
    await app.register(etagPlugin);
    const seen: string[] = [];
    app.setErrorHandler((error) => {
      seen.push('outer');
      throw error;
    });
    app.register(async (child) => {
      child.setErrorHandler(async (error, _request, reply) => {
        seen.push('inner');
        return reply.send(error);
      });
      guarded(undefined, child);
    });
    const stale = await put(app, { 'if-match': '"v6"' });
    expect([stale.statusCode, stale.json(), seen]).toMatchObject([412, { current: '"v7"' }, ['inner', 'outer']]);
  });

  it('is what an error handler of the application makes of another error', async () => {
    const app = Fastify();
    await app.register(etagPlugin);
    app.setErrorHandler(() => {
      throw new PreconditionFailedError(
        { method: 'PUT', headers: {} },
        { field: null, reason: 'no-match' },
        { etag: '"v8"' },
      );
    });
    app.put('/:id', () => Promise.reject(new Error('of a database')));
    const stale = await put(app, {});
    expect([stale.statusCode, stale.headers.etag, stale.json()]).toMatchObject([
      412,
      '"v8"',
      { title: 'Precondition Failed' },
    ]);
  });

  it('lets the application’s error handler send text, a number or nothing', async () => {
    for (const content of ['{"text":"of its own"}', Buffer.from('bytes'), 7, undefined]) {
      const { app } = guarded();
      app.register(etagPlugin);
      app.setErrorHandler((_error, _request, reply) => reply.code(409).type('application/json').send(content));
      const answered = await put(app, { 'if-match': '"v6"' });
      expect([answered.statusCode, answered.body]).toEqual([409, String(content ?? '')]);
    }
  });

  const problem = { type: 'object', properties: { title: { type: 'string' }, status: { type: 'integer' } } };

  it('is problem details whatever the schema of a 412 says', async () => {
    const app = Fastify();
    await app.register(etagPlugin);
    const schema = { response: { 412: problem, 428: problem } };
    const preHandler = precondition({ current: () => ({ etag: '"v7"' }), require: true });
    app.put('/1', { schema, preHandler }, async () => 'saved');
    app.get('/1', { schema }, (_request, reply) => void reply.header('ETag', '"v7"').send('content'));
    app.patch('/1', { schema }, (_request, reply) => {
      respond(reply, outcome({ kind: 'stale', current: { version: '7' }, failed: 'oneOf' }));
    });
    const members = ['title', 'status', 'detail', 'field', 'reason', 'current'];
    for (const method of ['PUT', 'GET', 'PATCH'] as const) {
      const stale = await app.inject({ method, url: '/1', headers: { 'if-match': '"v6"' } });
      expect([stale.statusCode, Object.keys(stale.json())]).toEqual([412, members]);
      expect(stale.headers['content-type']).toBe('application/problem+json');
    }
    const unguarded = await put(app, {});
    expect([unguarded.statusCode, unguarded.json()]).toMatchObject([428, { reason: 'required' }]);
  });

  it('as an onRequest hook refuses an upload that is not read', async () => {
    const app = Fastify({ forceCloseConnections: true });
    await app.register(etagPlugin);
    app.put('/', { onRequest: precondition({ current: () => ({ etag: '"v7"' }) }) }, async () => 'saved');
    await app.listen({ port: 0 });
    const socket = connect((app.server.address() as AddressInfo).port);
    socket.write(
      'PUT / HTTP/1.1\r\nHost: a\r\nContent-Type: text/plain\r\nContent-Length: 900000\r\nIf-Match: "v6"\r\n\r\n',
    );
    const [answer] = await once(socket, 'data');
    expect(`${answer}`).toMatch(/^HTTP\/1\.1 412 Precondition Failed\r\n/);
    socket.destroy();
    await app.close();
  });

  it('fails at the start without `current`, as an early etag() does', () => {
    expect(() => precondition(undefined as never)).toThrow(/precondition\(\) needs \{ current \}/);
    expect(() => etag(undefined as never)).toThrow(/etag\(\) needs \{ current \}/);
  });

  it('leaves other errors to Fastify', async () => {
    const { app } = guarded(vi.fn(() => Promise.reject(Object.assign(new Error('broken'), { statusCode: 502 }))));
    app.register(etagPlugin);
    const broken = await put(app, { 'if-match': '"v7"' });
    expect(broken.json()).toEqual({ statusCode: 502, error: 'Bad Gateway', message: 'broken' });
  });
});

describe('expectation and respond', () => {
  it('carry the precondition to the store, and its outcome back', async () => {
    const notes = memoryStore<{ text: string }>();
    const app = Fastify();
    app.register(etagPlugin);
    app.put<{ Params: { id: string }; Body: { text: string } }>('/:id', async (request, reply) => {
      const { id } = request.params;
      const outcome = await replace(notes, id, request.body, expectation(request, { require: true }));
      return respond(reply, outcome, { storedAsSent: true });
    });
    app.delete<{ Params: { id: string } }>('/:id', async (request, reply) =>
      respond(reply, await notes.delete(request.params.id, expectation(request))),
    );
    expect((await put(app, {})).statusCode).toBe(428);
    expect((await put(app, { 'if-match': '"v1"' })).statusCode).toBe(412);
    const created = await put(app, { 'if-none-match': '*' });
    expect([created.statusCode, created.json()]).toEqual([201, { text: 'a' }]);
    expect(created.headers['content-type']).toBe('application/json; charset=utf-8');
    const tag = created.headers.etag as string;
    expect((await put(app, { 'if-match': tag })).statusCode).toBe(200);
    const stale = await put(app, { 'if-match': tag });
    expect(stale.headers['content-type']).toBe('application/problem+json');
    expect([stale.statusCode, stale.json()]).toMatchObject([412, { current: (await notes.state('1'))?.etag }]);
    expect((await put(app, { 'if-match': 'malformed' })).statusCode).toBe(412);
    const deleted = await app.inject({ method: 'DELETE', url: '/1' });
    expect([deleted.statusCode, deleted.body, deleted.headers['content-type']]).toEqual([204, '', undefined]);
  });

  it('take nothing but an outcome', async () => {
    const app = Fastify();
    app.put('/:id', (_request, reply) => void respond(reply, { kind: 'updated', version: '1', value: 'a' } as never));
    const failed = await put(app, {});
    expect([failed.statusCode, failed.json().message]).toEqual([500, expect.stringContaining('Not an outcome')]);
  });

  it('keep a value that is text JSON, and the response schema of the route', async () => {
    const app = Fastify();
    const response = { 200: { type: 'object', properties: { text: { type: 'string' } } } };
    const updated = <T>(value: T) => outcome({ kind: 'updated', version: '1', value });
    app.put('/text', (_request, reply) => void respond(reply, updated('a')));
    app.put('/schema', { schema: { response } }, (_request, reply) => {
      respond(reply, updated({ text: 'a', secret: 1 }));
    });
    expect((await app.inject({ method: 'PUT', url: '/text' })).body).toBe('"a"');
    expect((await app.inject({ method: 'PUT', url: '/schema' })).json()).toEqual({ text: 'a' });
  });
});
