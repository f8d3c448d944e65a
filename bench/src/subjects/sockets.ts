import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { get } from 'node:http';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import autocannon from 'autocannon';
import { type Form, hasTags, noteOf } from '../apps/app.ts';
import { type FrameworkName, frameworks } from '../apps/index.ts';
import { cpuTime, onServerCore, stayOnLoadCore } from '../cores.ts';
import { type Comparison, NOT_SLOWER, type Subject } from '../measure.ts';
import { pool } from '../pool.ts';
import { type Answer, type Asked, checkedRequests, type Kind } from '../requests.ts';

const CONNECTIONS = 10;
const WARM_UP = 5000;
const SERVER = fileURLToPath(new URL('../server.ts', import.meta.url));

/** A server in a process of its own. */
interface Server {
  origin: string;
  pid: number;
  stop: () => void;
}

async function startServer(name: FrameworkName | 'bare', form: Form): Promise<Server> {
  const [command = process.execPath, ...args] = [...onServerCore, process.execPath, SERVER, name, form];
  const child = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const [port] = await once(child, 'message');
  return { origin: `http://127.0.0.1:${port}`, pid: child.pid as number, stop: () => child.disconnect() };
}

/**
 * Warms up the load generator. The server that meets it cold compiles other code, and stays a fifth slower than the same
 * server started after it.
 */
async function warmUp(name: FrameworkName, kind: Kind): Promise<void> {
  stayOnLoadCore();
  const { stop, run } = await subject('warm-up', name, 'no tags', kind, 200);
  await run(WARM_UP);
  stop();
}

/** Node's own client adds nothing to a request. */
async function ask({ origin }: Server, { path, headers }: Asked): Promise<Answer> {
  const [response] = await once(get(`${origin}${path}`, { headers, agent: false }), 'response');
  return { status: response.statusCode, etag: response.headers.etag ?? null, body: await text(response) };
}

/** A server under load: as many requests as it is told, over connections that stay open. */
function loaded(name: string, server: Server, requests: autocannon.Request[], status: 200 | 304): Subject {
  return {
    name,
    async run(times) {
      const amount = Math.max(times, CONNECTIONS);
      // The end of a run is noticed at the next sample.
      const result = await autocannon({ url: server.origin, connections: CONNECTIONS, amount, requests, sampleInt: 2 });
      assert.equal(result.statusCodeStats?.[`${status}`]?.count, amount, `${name}: ${status} and nothing else`);
      return amount;
    },
    ...(cpuTime(server.pid) !== undefined && { cpuTime: () => cpuTime(server.pid) as number }),
  };
}

async function subject(of: string, name: FrameworkName, form: Form, kind: Kind, status: 200 | 304) {
  const server = await startServer(name, form);
  const requests = await checkedRequests((asked) => ask(server, asked), kind, status, hasTags(form));
  return { ...loaded(of, server, requests, status), requests, stop: server.stop };
}

/** A framework, and what is aimed at with it. */
interface Row {
  name: FrameworkName;
  title: string;
  /** 200 with content tags, against the baseline: 1 KB of text. */
  small: number;
  /** The same with 64 KB of JSON. */
  large: number;
  /** A 304 before the content is rendered, against the 304 of the framework's own. */
  early: number;
  /** The same against a server that does nothing else. */
  bare?: number;
}

const ROWS: Row[] = [
  { name: 'hono', title: 'Hono', small: 0.9, large: 0.9, early: 30, bare: 0.8 },
  { name: 'koa', title: 'Koa', small: 0.9, large: 0.9, early: 15, bare: 0.8 },
  { name: 'fastify', title: 'Fastify', small: 0.9, large: 0.85, early: 18, bare: 0.9 },
  { name: 'express', title: 'Express', small: 0.95, large: 0.95, early: 4.5 },
];

/** What tags are held against. Hono pays for a middleware of any kind: it is held against one that does nothing. */
function baseline({ name }: Row): { form: Form; against: string } {
  return name === 'hono' ? { form: 'middleware', against: 'idle middleware' } : { form: 'no tags', against: 'no tags' };
}

function tagging(row: Row, kind: Kind): Comparison {
  const { name, title, small, large } = row;
  const { form, against } = baseline(row);
  const target = kind === 'notes' ? small : large;
  return {
    work: `${title}, ${kind === 'notes' ? '1 KB of text' : '64 KB of JSON'}: 200`,
    async prepare() {
      await warmUp(name, kind);
      const { adapter, peer } = (await frameworks[name]()).framework;
      return {
        subjects: [
          await subject(against, name, form, kind, 200),
          await subject(adapter, name, 'content', kind, 200),
          await subject(peer, name, 'peer', kind, 200),
        ],
        aims: [
          { measured: adapter, against, target },
          { measured: peer, against },
          { measured: adapter, against: peer, target: NOT_SLOWER },
        ],
      };
    },
  };
}

const BY_HAND = 'by hand';

/** Validators first: a read that goes on to its handler, and one that ends there. */
function early(row: Row, kind: Kind): Comparison {
  const { name, title } = row;
  const { form, against } = baseline(row);
  return {
    work: `${title}, ${kind === 'notes' ? '1 KB of text' : '64 KB of JSON'}: 200 of an early tag`,
    isLong: kind === 'lists',
    async prepare() {
      await warmUp(name, kind);
      const { adapter } = (await frameworks[name]()).framework;
      return {
        subjects: [
          await subject(against, name, form, kind, 200),
          await subject(adapter, name, 'current', kind, 200),
          await subject(BY_HAND, name, 'by hand', kind, 200),
        ],
        aims: [
          { measured: adapter, against, target: 0.95 },
          { measured: BY_HAND, against },
          { measured: adapter, against: BY_HAND, target: 0.97 },
        ],
      };
    },
  };
}

/** Writes of notes that are there: `If-Match: *` is the one precondition that is the same each time. */
async function writer(of: string, name: FrameworkName, form: Form): Promise<Subject> {
  const server = await startServer(name, form);
  const requests = pool((id) => {
    const headers = { 'content-type': 'application/json', 'if-match': '*' };
    return {
      method: 'PUT' as const,
      path: `/notes/${id}`,
      headers,
      body: JSON.stringify({ text: noteOf(String(id)) }),
    };
  });
  for (const { path, ...init } of requests) {
    const response = await fetch(`${server.origin}${path}`, init);
    assert.deepEqual([response.status, await response.text()], [200, init.body], path);
    // None is told that its content is stored as it was sent (RFC 9110 §9.3.4).
    assert.equal(response.headers.has('etag'), false, `${path}: no tag`);
  }
  return loaded(of, server, requests, 200);
}

function writing({ name, title }: Row): Comparison {
  return {
    work: `${title}, 1 KB of JSON: a write that is expected`,
    isLong: true,
    async prepare() {
      await warmUp(name, 'notes');
      const { adapter } = (await frameworks[name]()).framework;
      return {
        subjects: [await writer('blind', name, 'blind write'), await writer(adapter, name, 'guarded write')],
        aims: [{ measured: adapter, against: 'blind', target: 0.9 }],
      };
    },
  };
}

const BARE = 'node:http, always 304';

function sparing({ name, title, early, bare }: Row): Comparison {
  return {
    work: `${title}, 64 KB of JSON: 304`,
    async prepare() {
      await warmUp(name, 'lists');
      const { adapter, peer } = (await frameworks[name]()).framework;
      const unrendered = `${adapter}, not rendered`;
      const known = await subject(unrendered, name, 'current', 'lists', 304);
      return {
        subjects: [
          known,
          await subject(adapter, name, 'content', 'lists', 304),
          await subject(peer, name, 'peer', 'lists', 304),
          await subject(BY_HAND, name, 'by hand', 'lists', 304),
          loaded(BARE, await startServer('bare', 'no tags'), known.requests, 304),
        ],
        aims: [
          { measured: unrendered, against: peer, target: early },
          { measured: unrendered, against: BY_HAND, target: 0.93 },
          { measured: unrendered, against: BARE, ...(bare && { target: bare }) },
          { measured: adapter, against: peer, target: NOT_SLOWER },
        ],
      };
    },
  };
}

export const comparisons: Comparison[] = [
  ...ROWS.map((row) => tagging(row, 'notes')),
  ...ROWS.map((row) => tagging(row, 'lists')),
  ...ROWS.map((row) => early(row, 'notes')),
  ...ROWS.map((row) => early(row, 'lists')),
  ...ROWS.map(sparing),
  ...ROWS.map(writing),
];
