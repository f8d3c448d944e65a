import { describe, expect, it } from 'vitest';
import { isRefusal, PreconditionFailedError, PreconditionRequiredError, toRefusal } from './index.ts';

const request = { method: 'GET', headers: { 'if-match': '"v6"' } };
const failed = new PreconditionFailedError(request, { field: 'if-match', reason: 'no-match' }, { etag: '"v8"' });
const required = new PreconditionRequiredError();

const KEPT = [
  'access-control-allow-origin',
  'access-control-allow-credentials',
  'access-control-expose-headers',
  'allow',
  'content-security-policy',
  'date',
  'link',
  'retry-after',
  'server-timing',
  'set-cookie',
  'strict-transport-security',
  'vary',
  'x-content-type-options',
  'x-request-id',
];

const LOST = [
  'accept-ranges',
  'age',
  'cache-control',
  'cdn-cache-control',
  'cloudflare-cdn-cache-control',
  'content-digest',
  'content-disposition',
  'content-encoding',
  'content-language',
  'content-length',
  'content-location',
  'content-md5',
  'content-range',
  'expires',
  'last-modified',
  'digest',
  'repr-digest',
  'surrogate-control',
  'x-accel-redirect',
  'x-sendfile',
  'trailer',
  'transfer-encoding',
];

/** The fields after the response became a refusal, without those that the refusal sets. */
function refused(fields: Record<string, string>): Record<string, string> {
  const headers = new Headers(fields);
  toRefusal(headers, required);
  const { 'content-type': type, ...others } = Object.fromEntries(headers);
  expect(type).toBe('application/problem+json');
  return others;
}

describe('§15.5.13 the fields of a refusal', () => {
  it.each(KEPT)('%s stays', (name) => {
    expect(refused({ [name]: 'a' })).toEqual({ [name]: 'a' });
  });

  it.each(LOST)('%s does not', (name) => {
    expect(refused({ [name]: 'a' })).toEqual({});
  });

  it.each(['"v7"', 'W/"v7"', 'v7', ''])('ETag: %j does not, whether it is a tag or not', (etag) => {
    expect(refused({ etag })).toEqual({});
  });

  it('a policy with a nonce does: nothing stored is updated by a refusal', () => {
    const policy = "script-src 'nonce-599a'";
    expect(refused({ 'content-security-policy': policy })).toEqual({ 'content-security-policy': policy });
  });

  it('are then those of the error: the type of its content, and the current tag', () => {
    const headers = new Headers({ 'content-type': 'text/html', etag: '"v7"', vary: 'Origin' });
    toRefusal(headers, failed);
    expect(Object.fromEntries(headers)).toEqual({
      'content-type': 'application/problem+json',
      etag: '"v8"',
      vary: 'Origin',
    });
  });
});

it.each([
  [200, false],
  [201, false],
  [204, false],
  [404, false],
  [412, true],
  [428, true],
  [503, true],
])('an answer with %d is a refusal: %j', (status, expected) => {
  expect(isRefusal({ status, headers: {}, body: null })).toBe(expected);
});
