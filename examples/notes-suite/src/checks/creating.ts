import { expect, vi } from 'vitest';
import { answerTo } from '../api.ts';
import type { Check, Checks } from '../check.ts';

const MIB = 1024 * 1024;

/** A note of so many bytes. */
function noteOf(bytes: number): string {
  const empty = JSON.stringify({ title: '', text: '' });
  return JSON.stringify({ title: '', text: 'x'.repeat(bytes - empty.length) });
}

/** What is no note, and its content. */
const mistakes = {
  'bad JSON': '{"title":"a","text":"b"',
  'empty content': '',
  'an array': '[]',
  null: 'null',
  'a string': '"title"',
  'a missing title': '{"text":"b"}',
  'a missing text': '{"title":"a"}',
  'a title that is a number': '{"title":1,"text":"b"}',
  'a text that is null': '{"title":"a","text":null}',
};

function refuses(content: string): Check {
  return async (api) => {
    const before = (await api.send('GET', '/notes')).json.length;
    const refused = await api.send('POST', '/notes', {}, content);
    expect(refused.problem).toBe(400);
    expect(refused.json.detail).toEqual(expect.any(String));
    expect((await api.send('GET', '/notes')).json).toHaveLength(before);
  };
}

/** `POST /notes` */
export const creating: Checks = {
  'POST creates a note, and says where, and in what version': async (api) => {
    const created = await api.send('POST', '/notes', {}, { title: 'a', text: 'b' });
    expect(created.status).toBe(201);
    const { id } = created.json;
    expect(created.headers.location).toBe(`/notes/${id}`);
    expect(created.json).toEqual({ id, title: 'a', text: 'b', updatedAt: expect.any(String) });
    const found = await api.send('GET', `/notes/${id}`);
    expect([found.etag, found.json]).toEqual([created.etag, created.json]);
    expect((await api.send('GET', `/notes/${id}`, { 'If-None-Match': created.etag })).status).toBe(304);
  },

  'POST sets id and updatedAt itself, and keeps no other field': async (api) => {
    const fields = { title: 'a', text: 'b', id: 'mine', updatedAt: 'never', extra: 1 };
    const { json } = await api.send('POST', '/notes', {}, fields);
    expect(json.id).not.toBe('mine');
    expect(json.updatedAt).not.toBe('never');
    expect(Object.keys(json).sort()).toEqual(['id', 'text', 'title', 'updatedAt']);
  },

  'POST keeps text as it was sent, a lone surrogate too': async (api) => {
    const text = 'line\nline\u0000\ud83d\ude00\ud800';
    const { json } = await api.send('POST', '/notes', {}, { title: '', text });
    expect((await api.send('GET', `/notes/${json.id}`)).json.text).toBe(text);
  },

  ...Object.fromEntries(
    Object.entries(mistakes).map(([mistake, content]) => [`POST refuses ${mistake} with 400`, refuses(content)]),
  ),

  'POST takes 1 MiB': async (api) => {
    const created = await api.send('POST', '/notes', {}, noteOf(MIB));
    expect(created.status).toBe(201);
    await api.send('DELETE', created.headers.location ?? '', { 'If-Match': created.etag }); // a long list slows the rest
  },

  'POST refuses more than 1 MiB with 413': async (api) => {
    // A server that refuses content unread hangs up, and its answer may be lost with the connection: then it is asked again.
    const refused = await vi.waitFor(() => api.send('POST', '/notes', {}, noteOf(MIB + 1)), { timeout: 5000 });
    expect(refused.problem).toBe(413);
  },

  'POST refuses more than 1 MiB in chunks, without Content-Length, with 413': async (api) => {
    const headers = { 'Content-Type': 'application/json', 'Transfer-Encoding': 'chunked' };
    const outgoing = api.open('POST', '/notes', headers);
    outgoing.end(noteOf(MIB + 1));
    expect((await answerTo(outgoing)).problem).toBe(413);
  },
};
