// Random servers and random callers: node test/fuzz.ts [CALLS] [SEED]
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { gzipSync } from 'node:zlib';
import { type Client, createClient, memoryStore, type ResponseStore } from '@etag/client';

/** What went wrong: all of it is to be 0 or empty. */
export interface Found {
  /** Content that is not of the URL and the identity that asked. */
  readonly wrong: string[];
  /** Content that was not current any more when it was asked for. */
  readonly older: string[];
  /** Calls that neither answered nor failed. */
  readonly hung: string[];
  /** Validators that came under another identity than the one they were given to. */
  readonly linked: string[];
  readonly unhandled: unknown[];
  /** Requests that are still open when nobody wants anything any more. */
  left: number;
}

const RESOURCES = 4;
/** Few: Node accepts one connection in each turn of the event loop, which is that of the callers too. */
const CALLERS = 16;
const IDENTITIES: Record<string, string>[] = [
  {},
  { authorization: 'a' },
  { authorization: 'b' },
  { 'x-api-key': 'a' },
  { 'x-api-key': 'b' },
  { cookie: 'a=1' },
];
const LONGEST_MS = 10_000;

/** Numbers from 0 to 1 that are the same for the same seed (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Makes so many calls of servers that do anything. */
export async function fuzz(calls: number, seed: number): Promise<Found> {
  const random = randomOf(seed);
  const chance = (probability: number) => random() < probability;
  const oneOf = <T>(values: readonly T[]) => values[Math.floor(random() * values.length)] as T;
  const found: Found = { wrong: [], older: [], hung: [], linked: [], unhandled: [], left: 0 };
  const note = (error: unknown) => found.unhandled.push(error);
  process.on('unhandledRejection', note);
  process.on('uncaughtException', note);

  const versions = Array.from({ length: RESOURCES }, () => 1);
  const open = new Set<ServerResponse>();

  function answer(request: IncomingMessage, response: ServerResponse): void {
    open.add(response);
    response.on('close', () => open.delete(response)).on('error', () => {});
    request.on('error', () => {}).resume();
    const resource = Number(request.url?.slice(1));
    const who = String(request.headers['x-who']);
    const sent = String(request.headers['if-none-match'] ?? '');
    const giver = /^(?:W\/)?"\d+-\d+-(\d+)"$/.exec(sent)?.[1];
    if (giver !== undefined && giver !== who) found.linked.push(`${giver} and ${who}`);
    if (request.method === 'PUT') {
      versions[resource] = (versions[resource] ?? 0) + 1;
      if (chance(0.2)) return void request.socket.destroy();
      return void response.writeHead(oneOf([200, 204, 303, 500]), { location: '/0' }).end();
    }
    if (chance(0.02)) return void request.socket.destroy();
    // It hangs, until somebody has had enough.
    if (chance(0.01)) return void setTimeout(() => request.socket.destroy(), 200);
    if (chance(0.1)) setTimeout(() => reply(request, response, resource, who, sent), random() * 20);
    else reply(request, response, resource, who, sent);
  }

  function reply(request: IncomingMessage, response: ServerResponse, resource: number, who: string, sent: string) {
    if (chance(0.08)) {
      const status = oneOf([301, 302, 303, 307, 308]);
      const location = `${oneOf(['', origins[0], origins[1]])}/${Math.floor(random() * RESOURCES)}`;
      response.writeHead(status, { location, ...(chance(0.3) && { 'cache-control': 'max-age=0' }) });
      return void finish(response, Buffer.from('moved'));
    }
    const tag = `"${resource}-${versions[resource]}-${who}"`;
    const isSame = sent.replace('W/', '') === tag;
    const fields: Record<string, string> = {};
    const kind = random();
    if (kind < 0.6) fields.etag = tag;
    else if (kind < 0.75) fields.etag = `W/${tag}`;
    else if (kind < 0.8) fields.etag = oneOf(['*', 'garbage', '', '"', tag.slice(1)]);
    const control = oneOf(['', 'no-cache', 'no-store', 'max-age=0', 'private, max-age=0', 'max-age="', ',,']);
    if (control) fields['cache-control'] = control;
    if (chance(0.1)) fields.vary = oneOf(['accept', 'x-who', '*', 'accept-encoding']);
    if (isSame && chance(0.95)) return void response.writeHead(304, fields).end();
    // One that nobody asked for, or that is about something else.
    if (chance(0.01)) return void response.writeHead(304, { etag: '"0-0-0"' }).end();
    if (chance(0.05)) {
      response.writeHead(oneOf([400, 404, 500, 503]), fields);
      return void finish(response, Buffer.from('error'));
    }
    const content = Buffer.from(`${resource} ${versions[resource]} ${who} ${'x'.repeat(Math.floor(random() * 3000))}`);
    const coded = chance(0.2) ? gzipSync(content) : content;
    if (coded !== content) fields['content-encoding'] = 'gzip';
    if (chance(0.5)) fields['content-length'] = `${coded.byteLength}`;
    response.writeHead(200, fields);
    finish(response, request.method === 'HEAD' ? Buffer.alloc(0) : coded);
  }

  /** All of it, or it breaks off, at once or while it is read. */
  function finish(response: ServerResponse, content: Buffer): void {
    if (chance(0.9)) return void response.end(content);
    response.write(content.subarray(0, content.byteLength / 2));
    if (chance(0.5)) setTimeout(() => response.end(content.subarray(content.byteLength / 2)), random() * 10);
    else setTimeout(() => response.destroy(), random() * 10);
  }

  const servers: Server[] = [createServer(answer), createServer(answer)];
  for (const server of servers) await once(server.listen(0), 'listening');
  const origins = servers.map((server) => `http://localhost:${(server.address() as AddressInfo).port}`);

  /** A store that is slow, or fails, now and then. */
  function faulty(): ResponseStore {
    const memory = memoryStore();
    const perhaps = async <R>(run: () => R | Promise<R>): Promise<R> => {
      if (chance(0.02)) throw new Error('store');
      if (chance(0.1)) await sleep(random() * 5);
      return run();
    };
    return {
      list: (key) => perhaps(() => memory.list(key)),
      payload: (key, id) => perhaps(() => memory.payload(key, id)),
      put: (...args) => perhaps(() => memory.put(...args)),
      freshen: (...args) => perhaps(() => memory.freshen(...args)),
      delete: (key) => perhaps(() => memory.delete(key)),
      lock: (key, ms) => perhaps(() => (key && ms && chance(0.5) ? () => {} : null)),
    };
  }

  const shared = memoryStore();
  const clients: Client[] = [
    createClient({ store: shared, limit: 2000 }),
    createClient({ store: shared }),
    createClient({ store: shared, mode: 'rfc9111' }),
    createClient({ store: faulty() }),
    createClient({ store: faulty(), wait: 20 }),
  ];

  /** @param tell - called with what it is about to wait for */
  async function call(tell: (waitsFor: string) => void): Promise<void> {
    const who = Math.floor(random() * IDENTITIES.length);
    const resource = Math.floor(random() * RESOURCES);
    const nth = Math.floor(random() * clients.length);
    const controller = new AbortController();
    const method = oneOf(['GET', 'GET', 'GET', 'GET', 'GET', 'GET', 'GET', 'HEAD', 'PUT']);
    const what = `${method} ${resource} of ${who} by client ${nth}`;
    const init = {
      method,
      headers: { ...IDENTITIES[who], 'x-who': `${who}` },
      ...(method === 'PUT' && { body: 'x' }),
      ...(chance(0.3) && { signal: controller.signal }),
      // A mistake of one caller, that no other is to pay for.
      ...(chance(0.01) && { signal: {} as AbortSignal }),
    };
    const current = [...versions];
    tell(`the head of ${what}`);
    const answering = (clients[nth] as Client)(`${origins[0]}/${resource}`, init);
    if (init.signal && chance(0.5)) setTimeout(() => controller.abort(new Error('went away')), random() * 10);
    const response = await answering;
    const reading = random();
    tell(`the content (${reading.toFixed(2)}) of ${what}`);
    if (reading < 0.1) return;
    if (reading < 0.15) return response.body?.cancel();
    if (reading < 0.2) {
      const reader = response.body?.getReader();
      await reader?.read();
      return reader?.cancel();
    }
    const [one, two] = reading < 0.3 ? [response, response.clone()] : [response];
    const [text, again] = await Promise.all([one.text(), two?.text()]);
    if (again !== undefined && again !== text) found.wrong.push(`a clone says ${again}, and not ${text}`);
    if (method === 'GET' && response.status === 200) check(text, response.url, who, current);
  }

  function check(text: string, url: string, who: number, current: readonly number[]): void {
    const [resource, version, reader] = text.split(' ', 3).map(Number);
    const asked = Number(new URL(url).pathname.slice(1));
    if (resource !== asked || reader !== who) found.wrong.push(`${asked} of ${who} is answered ${text.slice(0, 20)}`);
    if ((version ?? 0) < (current[asked] ?? 0)) found.older.push(`${asked}: ${version} and not ${current[asked]}`);
  }

  let left = calls;
  const caller = async () => {
    while (left-- > 0) {
      let waitsFor = '';
      const tell = (what: string) => {
        waitsFor = what;
      };
      const ended = await Promise.race([
        call(tell).then(
          () => true,
          () => true,
        ),
        sleep(LONGEST_MS, false, { ref: false }),
      ]);
      if (!ended) found.hung.push(waitsFor);
    }
  };
  await Promise.all(Array.from({ length: CALLERS }, caller));
  found.left = await openAfterCollection(open);
  for (const server of servers) {
    server.close();
    server.closeAllConnections();
  }
  await sleep(50);
  process.off('unhandledRejection', note);
  process.off('uncaughtException', note);
  return found;
}

/** How many are still open once what nobody holds was collected: fetch gives up what nobody reads then. */
async function openAfterCollection(open: ReadonlySet<unknown>): Promise<number> {
  setFlagsFromString('--expose-gc');
  const gc = runInNewContext('gc') as () => void;
  for (let tries = 0; tries < 50 && open.size > 0; tries++) {
    gc();
    await sleep(50);
  }
  return open.size;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [calls = '100000', seed = `${Date.now() % 1e6}`] = process.argv.slice(2);
  const start = performance.now();
  const found = await fuzz(Number(calls), Number(seed));
  console.log(`${calls} calls, seed ${seed}, ${((performance.now() - start) / 1000).toFixed(1)} s`);
  for (const [what, of] of Object.entries(found)) {
    console.log(what, Array.isArray(of) ? of.length : of, Array.isArray(of) ? of.slice(0, 3) : '');
    if (Array.isArray(of) ? of.length > 0 : of > 0) process.exitCode = 1;
  }
  process.exit();
}
