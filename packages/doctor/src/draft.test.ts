import { createServer } from 'node:http';
import { expect, it } from 'vitest';
import { listening, startEndpoint } from '../test/reference.ts';
import { audit } from './audit.ts';

it('what cannot be read whole is not written to', async () => {
  const methods = new Set<string | undefined>();
  const server = createServer(({ method }, response) => {
    methods.add(method);
    response
      .setHeader('content-type', 'text/plain')
      .setHeader('etag', '"a"')
      .end('x'.repeat(2 * 1024 * 1024));
  });
  const url = `http://127.0.0.1:${await listening(server)}/`;
  try {
    const { skipped } = await audit(url, { write: true, only: /^write-/ });
    expect(new Set(skipped.map(({ why }) => why))).toEqual(new Set(['Its content is longer than an audit reads.']));
    expect(methods).not.toContain('PUT');
  } finally {
    server.close();
  }
});

it('what was found is put back, however few requests there may be', async () => {
  const endpoint = await startEndpoint();
  const before = endpoint.note.text;
  try {
    const { isRestored } = await audit(endpoint.url, { write: true, maxRequests: 4, only: /^write-/ });
    expect(endpoint.note.version).toBeGreaterThan(2);
    expect({ isRestored, text: endpoint.note.text }).toEqual({ isRestored: true, text: before });
  } finally {
    endpoint.close();
  }
});

it('that it could not be put back is said', async () => {
  let writes = 0;
  const endpoint = await startEndpoint({
    misread: (asked) =>
      asked.method === 'PUT' && ++writes > 1 ? { ...asked, headers: { 'if-match': '"no"' } } : asked,
  });
  try {
    expect((await audit(endpoint.url, { write: true, only: /^write-current$/ })).isRestored).toBe(false);
  } finally {
    endpoint.close();
  }
});
