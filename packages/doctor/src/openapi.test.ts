import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { operationsOf } from './openapi.ts';

const text = readFileSync(new URL('../test/openapi.yaml', import.meta.url), 'utf8');
const none = { tag: false, modified: false, notModified: false, refusal: false, requirement: false };

/** A document with one path. */
const documentOf = (path: string, item: unknown, rest: object = {}) =>
  JSON.stringify({
    openapi: '3.0.3',
    servers: [{ url: 'http://localhost:8080/v1' }],
    paths: { [path]: item },
    ...rest,
  });

describe('the reads of a document', () => {
  it('are those whose parameters have examples, with what is promised and where it stands', () => {
    const { operations, leftOut } = operationsOf(text, null);
    expect(operations).toEqual([
      {
        url: 'https://notes.example/v1/note?view=short',
        line: 7,
        headers: [['X-Tenant', 'acme']],
        promises: { tag: true, modified: true, notModified: true, refusal: true, requirement: true },
      },
      { url: 'https://notes.example/v1/plain', line: 25, headers: [], promises: none },
    ]);
    expect(leftOut).toEqual(['GET /secret/{id}: no example of id']);
  });

  it('are elsewhere where a base is given', () => {
    const { operations } = operationsOf(text, 'http://localhost:8787/');
    expect(operations.map(({ url }) => url)).toEqual([
      'http://localhost:8787/note?view=short',
      'http://localhost:8787/plain',
    ]);
  });

  it('stand in JSON too', () => {
    const { operations } = operationsOf(documentOf('/a b', { get: {} }), null);
    expect(operations).toMatchObject([{ url: 'http://localhost:8080/v1/a%20b', line: 1 }]);
  });

  it.each<[string, string, unknown, RegExp]>([
    ['a path parameter that nobody describes', '/{id}', { get: {} }, /\/\{id\}/],
    ['an external reference', '/a/{id}', { get: { parameters: [{ $ref: 'other.yaml#/a' }] } }, /\/a\/\{id\}/],
    ['a reference to itself', '/a/{id}', { get: { $ref: '#/paths/~1a~1{id}/get' } }, /^$/],
  ])('leaves out %s', (_, path, item, why) => {
    const { operations, leftOut } = operationsOf(documentOf(path, item), null);
    expect(operations).toEqual([]);
    expect(leftOut.join()).toMatch(why);
  });

  it('a value cannot leave its path segment', () => {
    const parameters = [{ name: 'id', in: 'path', example: '../../etc?a#b$&' }];
    const { operations } = operationsOf(documentOf('/a/{id}', { get: { parameters } }), null);
    expect(operations[0]?.url).toBe('http://localhost:8080/v1/a/..%2F..%2Fetc%3Fa%23b%24%26');
  });

  it('a relative server needs a base', () => {
    const document = documentOf('/a', { get: {} }, { servers: [{ url: '/v1' }] });
    expect(operationsOf(document, null).leftOut).toEqual([expect.stringContaining('Give --base <url>')]);
  });
});

describe('what is not a document', () => {
  it.each([
    ['nothing', ''],
    ['another version', '{"swagger":"2.0","paths":{}}'],
    ['bad YAML', 'a: [1, 2\nb: }'],
    ['a list', '[]'],
    ['control characters', '\u0000\u001b[31m'],
  ])('%s is refused', (_, document) => {
    expect(() => operationsOf(document, null)).toThrow(/OpenAPI document/);
  });

  it.each([
    ['paths is a list', { paths: [1] }],
    ['an item is null', { paths: { '/a': null } }],
    ['parameters is a text', { paths: { '/{a}': { get: { parameters: 'x' } } } }],
    ['a parameter is a number', { paths: { '/a': { get: { parameters: [1, null] } } } }],
    ['servers is an object', { servers: { url: 1 }, paths: { '/a': { get: {} } } }],
    [
      'an example is an object',
      { paths: { '/{a}': { get: { parameters: [{ name: 'a', in: 'path', example: {} }] } } } },
    ],
  ])('finds nothing where %s', (_, document) => {
    expect(operationsOf(JSON.stringify({ openapi: '3.0.0', ...document }), null).operations).toEqual([]);
  });

  it('aliases that multiply are refused', () => {
    const levels = Array.from(
      { length: 9 },
      (_, level) => `a${level + 1}: &a${level + 1} [${`*a${level}, `.repeat(9)}]`,
    );
    expect(() => operationsOf(['openapi: 3.0.0', 'a0: &a0 [x]', ...levels].join('\n'), null)).toThrow();
  });
});
