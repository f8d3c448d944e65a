import { afterAll, describe, expect, it, vi } from 'vitest';
import {
  EtagError,
  evaluatePreconditions,
  isEtagError,
  OutcomeUnknownError,
  PreconditionFailedError,
  PreconditionRequiredError,
} from './index.ts';

const headers = { 'if-match': '"v6"' };
const PUT = { method: 'PUT', headers };
const stale = evaluatePreconditions(PUT, { etag: '"v7"' });
const absent = evaluatePreconditions(PUT, null);

afterAll(() => {
  vi.resetModules();
});

describe('§15.5.13 PreconditionFailedError', () => {
  it('carries the answer: status, fields, problem details, the decision and the current tag', () => {
    const error = new PreconditionFailedError(PUT, stale, { etag: '"v7"' });
    expect(error).toBeInstanceOf(EtagError);
    expect(error).toBeInstanceOf(Error);
    expect(error).toMatchObject({
      name: 'PreconditionFailedError',
      code: 'ETAG_PRECONDITION_FAILED',
      status: 412,
      headers: { 'content-type': 'application/problem+json', etag: '"v7"' },
      body: { status: 412, field: 'if-match', reason: 'no-match', current: '"v7"' },
      current: '"v7"',
    });
    expect(error.decision).toBe(stale);
    expect(error.message).toBe(error.body.detail);
  });

  it.each([
    ['PUT', 412, 'Precondition Failed'],
    ['POST', 412, 'Precondition Failed'],
    ['GET', 412, 'Precondition Failed'],
    ['PATCH', 404, 'Not Found'],
    ['DELETE', 404, 'Not Found'],
  ])('§13.2.1 %s of what does not exist: %d', (method, status, title) => {
    const error = new PreconditionFailedError({ method, headers }, absent, null);
    expect(error).toMatchObject({ code: 'ETAG_PRECONDITION_FAILED', status, current: null });
    expect(error.body).toMatchObject({ status, title, field: 'if-match', reason: 'absent', current: null });
    expect(error.headers).not.toHaveProperty('etag');
  });

  it.each(['PUT', 'PATCH', 'DELETE'])('%s of what has no tag, or one that is not known: 412', (method) => {
    for (const current of [{}, { etag: null }, { lastModified: 0 }]) {
      const error = new PreconditionFailedError({ method, headers }, stale, current);
      expect(error).toMatchObject({ status: 412, current: null });
      expect(error.headers).not.toHaveProperty('etag');
    }
  });

  it('keeps its cause', () => {
    const cause = new Error('zero rows');
    expect(new PreconditionFailedError(PUT, stale, null, { cause }).cause).toBe(cause);
    expect(new PreconditionFailedError(PUT, stale, null)).not.toHaveProperty('cause');
  });

  it('becomes a response', async () => {
    const response = new PreconditionFailedError(PUT, stale, { etag: '"v7"' }).getResponse();
    expect([response.status, response.headers.get('etag')]).toEqual([412, '"v7"']);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(await response.json()).toMatchObject({
      title: 'Precondition Failed',
      status: 412,
      field: 'if-match',
      reason: 'no-match',
      current: '"v7"',
    });
  });
});

it('an error of your own, whose answer has no content, has no message', () => {
  class GoneError extends EtagError {
    readonly code = 'GONE';
  }
  const error = new GoneError({ status: 410, headers: {}, body: null });
  expect(error).toMatchObject({ message: '', status: 410, body: null });
  expect(isEtagError(error)).toBe(true);
});

describe('getResponse', () => {
  it('has bytes as its content, of the length that they have', async () => {
    const { body } = new PreconditionFailedError(PUT, stale, { etag: '"v7"' }).getResponse();
    const chunks: unknown[] = [];
    for await (const chunk of body as unknown as AsyncIterable<unknown>) chunks.push(chunk);
    expect(chunks).toHaveLength(1);
    expect(chunks[0]).toBeInstanceOf(Uint8Array);
  });
});

describe('RFC 6585 §3 PreconditionRequiredError', () => {
  it('carries the answer', () => {
    const error = new PreconditionRequiredError();
    expect(error).toBeInstanceOf(EtagError);
    expect(error).toMatchObject({
      name: 'PreconditionRequiredError',
      code: 'ETAG_PRECONDITION_REQUIRED',
      status: 428,
      headers: { 'content-type': 'application/problem+json' },
      body: { title: 'Precondition Required', status: 428, field: null, reason: 'required' },
    });
    expect(error.message).toBe('Send the ETag of the resource in If-Match, or If-None-Match: * to create it.');
    expect(error.body.detail).toBe(error.message);
  });

  it('keeps its cause', () => {
    expect(new PreconditionRequiredError({ cause: 'policy' }).cause).toBe('policy');
  });

  it('becomes a response', async () => {
    const response = new PreconditionRequiredError().getResponse();
    expect([response.status, response.headers.get('etag')]).toEqual([428, null]);
    expect(await response.json()).toMatchObject({ status: 428, reason: 'required' });
  });
});

describe('isEtagError', () => {
  it('knows the errors of a second installed copy', async () => {
    vi.resetModules();
    const second = await import('./errors.ts');
    const errors = [new second.PreconditionRequiredError(), new second.PreconditionFailedError(PUT, stale, null)];
    expect(second.EtagError).not.toBe(EtagError);
    expect(errors.map((error) => error instanceof EtagError)).toEqual([false, false]);
    expect(errors.map(isEtagError)).toEqual([true, true]);
    expect(second.isEtagError(new PreconditionRequiredError())).toBe(true);
  });

  it.each([
    undefined,
    null,
    0,
    '',
    'ETAG_PRECONDITION_FAILED',
    Symbol.for('@etag/error'),
    {},
    [],
    () => 1,
    new Error('412'),
    Object.assign(new Error('412'), { code: 'ETAG_PRECONDITION_FAILED', status: 412 }),
    Object.create(null),
  ])('knows what is not one: %o', (value) => {
    expect(isEtagError(value)).toBe(false);
  });

  it('narrows the type', () => {
    const thrown: unknown = new PreconditionRequiredError();
    expect(isEtagError(thrown) && thrown.status).toBe(428);
  });
});

describe('§15.6.1 OutcomeUnknownError', () => {
  it('becomes a 500, never a 412, and keeps its cause', async () => {
    const cause = new Error('connection reset');
    const error = new OutcomeUnknownError({ cause });
    expect(isEtagError(error)).toBe(true);
    expect(error).toMatchObject({ name: 'OutcomeUnknownError', code: 'ETAG_OUTCOME_UNKNOWN', status: 500, cause });
    expect(error.body.title).toBe('Internal Server Error');
    expect(error.message).toBe('The write may or may not have happened. Read the resource to learn which.');
    const response = error.getResponse();
    expect(response.status).toBe(500);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(await response.json()).toMatchObject({ status: 500, reason: 'unknown' });
  });
});
