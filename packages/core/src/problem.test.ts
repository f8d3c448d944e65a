import { describe, expect, it } from 'vitest';
import { hasContent, problem } from './index.ts';

describe('RFC 9457 problem', () => {
  it('says the current tag in the content and in the ETag field', () => {
    const answer = problem(409, 'Conflict', 'Two at once.', { reason: 'contended', current: '"v7"' });
    expect(answer).toEqual({
      status: 409,
      headers: { 'content-type': 'application/problem+json', etag: '"v7"' },
      body: { title: 'Conflict', status: 409, detail: 'Two at once.', reason: 'contended', current: '"v7"' },
    });
  });

  it.each([{}, { current: null }])('has no ETag field without a current tag: %j', (members) => {
    const answer = problem(404, 'Not Found', 'Nothing here.', members);
    expect(answer.headers).toEqual({ 'content-type': 'application/problem+json' });
    expect(answer.body).toEqual({ title: 'Not Found', status: 404, detail: 'Nothing here.', ...members });
  });
});

describe('an answer has content', () => {
  it.each([
    [{ 'content-type': 'application/json' }, true],
    [{ etag: '"v7"' }, false],
    [{}, false],
  ])('by its type: %j', (headers, has) => {
    expect(hasContent({ status: 200, headers, body: null })).toBe(has);
  });
});
