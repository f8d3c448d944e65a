import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import {
  CODED_BODY,
  contentPath,
  plainAnswer,
  representation,
  requestFields,
  rewrittenPath,
  stateOf,
  statePath,
  streamAnswer,
  streamPath,
} from './fixture.ts';

const get = (headers: Record<string, string> = {}) => ({ method: 'GET', headers });
const text = (content: Uint8Array | null) => content && Buffer.from(content).toString();

describe('the plain answer of /state', () => {
  it('is the representation', () => {
    const { status, content } = plainAnswer(get(), '/state?length=25');
    expect([status, text(content)]).toEqual([200, representation(25)]);
    expect(representation(25)).toBe('0123456789012345678901234');
  });

  it('depends on the method where there is no state', () => {
    expect(plainAnswer(get(), '/state?absent').status).toBe(404);
    expect(plainAnswer({ method: 'PUT', headers: {} }, '/state?absent').status).toBe(201);
  });

  it('is a part where there is a Range', () => {
    const { status, headers, content } = plainAnswer(get({ range: 'bytes=2-4' }), '/state?length=10');
    expect([status, headers['content-range'], text(content)]).toEqual([206, 'bytes 2-4/10', '234']);
    expect(plainAnswer(get({ range: 'bytes=10-' }), '/state?length=10')).toMatchObject({
      status: 416,
      headers: { 'content-range': 'bytes */10' },
    });
  });

  it('is multipart where there are several ranges', () => {
    const { headers, content } = plainAnswer(get({ range: 'bytes=0-1,8-9' }), '/state?length=10');
    expect(headers['content-type']).toMatch(/^multipart\/byteranges; boundary=/);
    expect(text(content)?.match(/Content-Range: .*/g)).toEqual([
      'Content-Range: bytes 0-1/10',
      'Content-Range: bytes 8-9/10',
    ]);
  });
});

describe('the plain answer of /content', () => {
  it('is what the path says', () => {
    const path = contentPath({ body: 'Grüße', status: 203, message: 'Fine', fields: [['etag', '"caf\xe9"']] });
    const { content, ...answer } = plainAnswer(get(), `http://localhost:8787${path}`);
    expect(answer).toMatchObject({
      status: 203,
      statusMessage: 'Fine',
      headers: { 'content-type': 'text/plain; charset=utf-8', etag: '"caf\xe9"' },
    });
    expect(text(content)).toBe('Grüße');
  });

  it('is an empty 200 where it says nothing, without a reason phrase', () => {
    const { status, statusMessage, content } = plainAnswer(get(), '/content');
    expect([status, statusMessage, content?.length]).toEqual([200, undefined, 0]);
  });

  it('has no content with a 204', () => {
    const { headers, content } = plainAnswer(get(), contentPath({ status: 204 }));
    expect([headers, content]).toEqual([{}, null]);
  });

  it('is coded where it came so', () => {
    const { headers, content } = plainAnswer(get(), contentPath({ coded: true, fields: [['etag', '"mine"']] }));
    expect(headers).toMatchObject({ 'content-encoding': 'gzip', etag: '"mine"' });
    expect(gunzipSync(content ?? '').toString()).toBe(CODED_BODY);
  });
});

describe('the stream', () => {
  const textOf = async (path: string) => {
    const { headers, chunks } = streamAnswer(path);
    const parts: string[] = [];
    for await (const chunk of chunks) {
      parts.push(text(chunk) ?? '');
      if (path.startsWith('/events')) break;
    }
    return { headers, parts };
  };

  it('comes in two chunks, with the fields that the path says', async () => {
    expect(await textOf(streamPath([['trailer', 'Server-Timing']]))).toEqual({
      headers: { 'content-type': 'text/plain; charset=utf-8', trailer: 'Server-Timing' },
      parts: ['first\n', 'last\n'],
    });
  });

  it('of events does not end, the large one has its size', async () => {
    const { headers, parts } = await textOf('/events');
    expect([headers, parts[0]]).toEqual([{ 'content-type': 'text/event-stream' }, 'id: 0\ndata: tick\n\n']);
    const large = await textOf('http://localhost/large?bytes=100000');
    expect(large.parts.map(({ length }) => length)).toEqual([65_536, 34_464]);
  });
});

describe('a rewritten request', () => {
  it('has the fields that the path says, on top of the rest of the path', () => {
    const path = rewrittenPath(statePath({ etag: '"v1"' }), [['if-match', '"a b"']]);
    expect(requestFields(`http://localhost${path}`)).toEqual({ 'if-match': '"a b"' });
    expect(stateOf(path)).toEqual(stateOf(statePath({ etag: '"v1"' })));
    expect(requestFields('/state?etag=x')).toEqual({});
  });
});
