import { createServer } from 'node:http';
import { expect, it } from 'vitest';
import { type Asked, listening, startEndpoint } from '../test/reference.ts';
import { audit } from './audit.ts';
import { command } from './command.ts';

/** Changes the text of each write before it is stored. */
function storing(change: (text: string) => string) {
  return (asked: Asked): Asked =>
    asked.method === 'PUT'
      ? { ...asked, content: JSON.stringify({ text: change(JSON.parse(asked.content).text) }) }
      : asked;
}

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

it('a server that cuts texts off gets back what was there, though no read shows a marker', async () => {
  const endpoint = await startEndpoint({ misread: storing((text) => text.slice(0, 10)) });
  endpoint.note.text = 'hello';
  try {
    const { isRestored, skipped, passed } = await audit(endpoint.url, { write: true, race: 3, only: /^(write|race)-/ });
    expect({ isRestored, text: endpoint.note.text }).toEqual({ isRestored: true, text: 'hello' });
    // They look for what they wrote.
    expect(skipped.map(({ id }) => id)).toEqual(['write-refused-but-done', 'write-tag', 'race-lost-update']);
    expect(passed).toContain('write-stale');
  } finally {
    endpoint.close();
  }
});

it('a server that changes what it is sent is not said to have it back', async () => {
  const endpoint = await startEndpoint({ misread: storing((text) => text.toUpperCase()) });
  endpoint.note.text = 'hello';
  const printed: string[] = [];
  const output = { log: (text: string) => void printed.push(text), error: () => {}, isColored: false };
  try {
    expect(await command([endpoint.url, '--write', '--only', '^write-current$'], output)).toBe(3);
    expect(printed.join()).toContain('what was there before could not be put back. Look at it.');
  } finally {
    endpoint.close();
  }
});

it('what an earlier audit left behind is content like any other', async () => {
  const endpoint = await startEndpoint({ writes: 'refuse-and-write' });
  endpoint.note.text = 'etag-doctor-abc123-write-7';
  try {
    const { findings } = await audit(endpoint.url, { write: true, only: /^write-refused-but-done$/ });
    expect(findings.map(({ id }) => id)).toEqual(['write-refused-but-done']);
    expect(endpoint.note.text).toBe('etag-doctor-abc123-write-7');
  } finally {
    endpoint.close();
  }
});

it.each([302, 409])('a server that answers every PUT %i is not praised for refusing some', async (status) => {
  const endpoint = await startEndpoint({
    tamper: (answer, { method }) => (method === 'PUT' ? { ...answer, status } : answer),
    misread: (asked) => (asked.method === 'PUT' ? { ...asked, headers: { 'if-match': '"no"' } } : asked),
  });
  try {
    const { passed, isRestored } = await audit(endpoint.url, { write: true, only: /^write-/ });
    expect({ passed, isRestored }).toEqual({ passed: [], isRestored: true });
  } finally {
    endpoint.close();
  }
});

it('an audit that writes nothing puts nothing back, and says so', async () => {
  const endpoint = await startEndpoint();
  try {
    expect((await audit(endpoint.url, { write: true, only: /^tag-missing$/ })).isRestored).toBeNull();
  } finally {
    endpoint.close();
  }
});

it('an audit that is interrupted puts back what was there', async () => {
  const interrupted = new AbortController();
  const endpoint = await startEndpoint({
    tamper: (answer, { method }) => {
      if (method === 'PUT') interrupted.abort();
      return answer;
    },
  });
  const before = endpoint.note.text;
  try {
    const options = { write: true, race: 8, signal: interrupted.signal };
    const { isRestored, stopped } = await audit(endpoint.url, options);
    expect({ isRestored, stopped }).toEqual({ isRestored: true, stopped: 'The audit was interrupted.' });
    expect({ text: endpoint.note.text, version: endpoint.note.version }).toEqual({ text: before, version: 3 });
  } finally {
    endpoint.close();
  }
});

it('a race that breaks off is over before anything is put back', async () => {
  let writes = 0;
  const interrupted = new AbortController();
  const endpoint = await startEndpoint({
    // The writers that are on their way then are done later than the read that is refused.
    writes: 'check-then-write',
    tamper: (answer, { method }) => {
      if (method === 'PUT' && ++writes === 6) interrupted.abort();
      return answer;
    },
  });
  const before = endpoint.note.text;
  try {
    await audit(endpoint.url, { write: true, race: 16, only: /^race-/, signal: interrupted.signal });
    expect(endpoint.note.text).toBe(before);
  } finally {
    endpoint.close();
  }
});
