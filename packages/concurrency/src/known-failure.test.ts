import { describe, expect, test } from 'vitest';
import { isKnownFailure, isOfConnecting, knownFailure } from './known-failure.ts';

describe('knownFailure', () => {
  test('remembers an error, and gives it back', () => {
    const error = new Error('refused');
    expect(isKnownFailure(error)).toBe(false);
    expect(knownFailure(error)).toBe(error);
    expect(isKnownFailure(error)).toBe(true);
    expect(isKnownFailure(new Error('refused'))).toBe(false);
  });

  test.each([undefined, null, 'refused', 7])('%j cannot be remembered', (thrown) => {
    expect(knownFailure(thrown)).toBe(thrown);
    expect(isKnownFailure(thrown)).toBe(false);
  });
});

describe('isOfConnecting', () => {
  const error = (members: object) => Object.assign(new Error('down'), members);
  const refused = error({ code: 'ECONNREFUSED', syscall: 'connect' });

  test.each<[what: string, error: unknown]>([
    ['nobody listens', refused],
    ['no connection in time', error({ code: 'ETIMEDOUT', syscall: 'connect' })],
    ['no such name', error({ code: 'ENOTFOUND', syscall: 'getaddrinfo' })],
    ['a name server that does not answer', error({ code: 'EAI_AGAIN', syscall: 'getaddrinfo' })],
    ['a code alone: ECONNREFUSED', error({ code: 'ECONNREFUSED' })],
    ['a code alone: ENOTFOUND', error({ code: 'ENOTFOUND' })],
    ['fetch, and nobody answered in time', error({ cause: error({ code: 'UND_ERR_CONNECT_TIMEOUT' }) })],
    ['fetch, and nobody listens', error({ cause: refused })],
    ['several addresses, of which none answers', error({ errors: [refused, error({ code: 'ENOTFOUND' })] })],
    ['fetch, and several addresses', error({ cause: error({ errors: [refused, refused] }) })],
  ])('%s', (_, thrown) => {
    expect(isOfConnecting(thrown)).toBe(true);
  });

  test.each<[what: string, error: unknown]>([
    ['a connection that broke', error({ code: 'ECONNRESET', syscall: 'read' })],
    ['one that broke while it was written to', error({ code: 'EPIPE', syscall: 'write' })],
    ['no answer in time', error({ code: 'UND_ERR_HEADERS_TIMEOUT' })],
    ['an answer', error({ code: '23505' })],
    ['several errors, of which one is of another kind', error({ errors: [refused, error({ code: 'ECONNRESET' })] })],
    ['no errors in a list', error({ errors: [] })],
    ['an error without members', new Error('down')],
    ['a cause of another kind', error({ cause: new Error('down') })],
    ['nothing', undefined],
    ['null', null],
    ['text', 'ECONNREFUSED'],
  ])('is not %s', (_, thrown) => {
    expect(isOfConnecting(thrown)).toBe(false);
  });
});
