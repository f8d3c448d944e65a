import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { Agent, type ClientRequest } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Api, answerTo } from './api.ts';
import { type Example, start } from './example.ts';
import { frameworks } from './frameworks.ts';

const note = JSON.stringify({ title: 'first', text: 'one' });

/** Begins to create a note. The server has the head of the request, and waits for its content. */
async function openRequest(api: Api, agent: Agent | false): Promise<ClientRequest> {
  const headers = { 'If-None-Match': '*', 'Content-Type': 'application/json', 'Content-Length': note.length };
  const open = api.open('PUT', '/notes/1', { ...headers, Expect: '100-continue' }, agent);
  open.flushHeaders();
  await once(open, 'continue');
  return open;
}

/** Waits until nobody listens any more. */
async function unreachable(port: number): Promise<void> {
  const socket = connect(port, 'localhost');
  try {
    await once(socket, 'connect');
  } catch {
    return;
  }
  socket.destroy();
  await unreachable(port);
}

describe.each(frameworks)('the process of notes-%s', (framework) => {
  let folder: string;
  let example: Example;
  let api: Api;
  const boot = async () => {
    example = await start(framework, join(folder, 'notes.sqlite'));
    api = new Api(example.port);
  };
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'notes-'));
    await boot();
  }, 60_000);
  afterEach(async () => {
    await example.end();
    rmSync(folder, { recursive: true });
  }, 60_000);

  it('prints one line once it listens, and nothing else', async () => {
    await api.create();
    expect((await api.send('PUT', '/notes/1', {}, note)).status).toBe(428);
    expect(await example.end()).toBe(0);
    expect(example.lines).toEqual([`listening on http://localhost:${example.port}`]);
  });

  it.each(['SIGTERM', 'SIGINT'] as const)(
    '%s finishes an open request, closes the database, exits 0',
    async (signal) => {
      const open = await openRequest(api, false);
      const ended = example.end(signal);
      await unreachable(example.port);
      open.end(note);
      expect((await answerTo(open)).status).toBe(201);
      expect(await ended).toBe(0);
      // A SQLite file that is not closed has a write-ahead log beside it.
      expect(readdirSync(folder)).toEqual(['notes.sqlite']);
    },
  );

  it('a client that asks again and again on one connection does not hold up the end', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const open = await openRequest(api, agent);
    const ended = example.end();
    await unreachable(example.port);
    open.end(note);
    expect((await answerTo(open)).status).toBe(201);
    const askOnAndOn = async () => {
      for (;;) await answerTo(api.open('GET', '/notes/1', {}, agent).end());
    };
    await expect(askOnAndOn()).rejects.toThrow();
    expect(await ended).toBe(0);
  });

  it('what was acknowledged is there for the next process, under the same tag', async () => {
    const { path, tag } = await api.create();
    expect(await example.end()).toBe(0);
    await boot();
    expect((await api.send('GET', path, { 'If-None-Match': tag })).status).toBe(304);
    expect((await api.send('PUT', path, { 'If-Match': tag }, note)).status).toBe(200);
    expect((await api.send('PUT', path, { 'If-Match': tag }, note)).status).toBe(412);
  });
});
