import { replace } from '@etag/concurrency';
import { memoryStore } from '@etag/concurrency/memory';
import { isEtagError, PreconditionFailedError } from '@etag/core';
import Fastify, { type FastifyError, type FastifyInstance } from 'fastify';
import { describe, expect, it, vi } from 'vitest';
import { etagPlugin, expectation, precondition, respond } from './index.js';

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
    expect(stale.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect([stale.statusCode, stale.json()]).toMatchObject([412, { current: (await notes.state('1'))?.etag }]);
    expect((await put(app, { 'if-match': 'malformed' })).statusCode).toBe(412);
    const deleted = await app.inject({ method: 'DELETE', url: '/1' });
    expect([deleted.statusCode, deleted.body, deleted.headers['content-type']]).toEqual([204, '', undefined]);
  });

  it('keep a value that is text JSON, and the response schema of the route', async () => {
    const app = Fastify();
    const response = { 200: { type: 'object', properties: { text: { type: 'string' } } } };
    app.put('/text', (_request, reply) => void respond(reply, { kind: 'updated', version: '1', value: 'a' }));
    app.put('/schema', { schema: { response } }, (_request, reply) => {
      respond(reply, { kind: 'updated', version: '1', value: { text: 'a', secret: 1 } });
    });
    expect((await app.inject({ method: 'PUT', url: '/text' })).body).toBe('"a"');
    expect((await app.inject({ method: 'PUT', url: '/schema' })).json()).toEqual({ text: 'a' });
  });
});
