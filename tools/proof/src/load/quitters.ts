import { once } from 'node:events';
import { type ClientHttp2Session, type ClientHttp2Stream, connect, constants } from 'node:http2';
import { type Booted, bootedAdapters } from '../adapters/boots.ts';
import type { Part, Result } from '../result.ts';
import { watched } from '../watched.ts';
import { type Kind, loadApplication, noSources } from './application.ts';
import { Census } from './census.ts';
import { type Answer, DEADLINE, http2 } from './client.ts';
import { type Asked, Judge } from './judge.ts';
import { Ledger, LONG } from './ledger.ts';
import { openOf, settled } from './settled.ts';

/** How a peer gives up. It resolves once the peer has done so. */
type Quit = (session: ClientHttp2Session, asked: Asked) => Promise<void>;

function opened(session: ClientHttp2Session, { method, path, fields }: Asked, endStream = true): ClientHttp2Stream {
  // What the server says of a stream that is given up is of no matter.
  return session.request({ ':method': method, ':path': path, ...fields }, { endStream }).on('error', () => {});
}

/** Waits for an event, or for the stream to be closed without it. */
async function eventOf(stream: ClientHttp2Stream, name: 'response' | 'data'): Promise<void> {
  const timeout = AbortSignal.timeout(DEADLINE);
  await Promise.race([once(stream, name, { signal: timeout }), once(stream, 'close', { signal: timeout })]);
}

async function reset(stream: ClientHttp2Stream): Promise<void> {
  const closed = stream.closed && stream.destroyed ? undefined : once(stream, 'close');
  stream.close(constants.NGHTTP2_CANCEL);
  await closed;
}

const QUITS: Readonly<Record<string, { readonly method: 'GET' | 'PUT'; readonly quit: Quit }>> = {
  'RST_STREAM within the content of the request': {
    method: 'PUT',
    quit: async (session, asked) => {
      const stream = opened(session, asked, false);
      await new Promise((resolve) => stream.write('a part of it', resolve));
      await reset(stream);
    },
  },
  'RST_STREAM within the content of the response': {
    method: 'GET',
    quit: async (session, asked) => {
      const stream = opened(session, asked);
      await eventOf(stream, 'data');
      await reset(stream);
    },
  },
  'GOAWAY within the content of the response': {
    method: 'GET',
    quit: async (session, asked) => {
      const stream = opened(session, asked);
      await eventOf(stream, 'data');
      session.goaway(constants.NGHTTP2_ENHANCE_YOUR_CALM);
    },
  },
  'a window that is never opened': {
    method: 'GET',
    quit: async (session, asked) => {
      await new Promise<void>((resolve) => session.settings({ initialWindowSize: 0 }, () => resolve()));
      await eventOf(opened(session, asked), 'response');
    },
  },
};

const READS: readonly Kind[] = ['early', 'content', 'stream', 'read'];
const WRITES: readonly Kind[] = ['write', 'guarded'];

/** Each way of giving up, on each resource, a few times. */
function tries(rounds: number): { readonly how: string; readonly quit: Quit; readonly asked: Asked }[] {
  return Object.entries(QUITS).flatMap(([how, { method, quit }]) =>
    (method === 'GET' ? READS : WRITES).flatMap((kind) => {
      const known = method === 'GET' ? { named: null, fields: {} } : { named: '*', fields: { 'if-match': '*' } };
      const asked: Asked = { kind, note: LONG, method, path: `/${kind}/${LONG}`, ...known };
      return Array.from({ length: rounds }, () => ({ how, quit, asked }));
    }),
  );
}

/**
 * Lets peers give up over HTTP/2, each on a connection of its own: node:http2 refuses a peer that often does so. After each, one
 * that stays asks for the same.
 *
 * @param rounds - how often each peer gives up on each resource
 */
export async function tryQuitters(booted: Booted, rounds: number): Promise<Result> {
  const ledger = new Ledger();
  const sources = noSources();
  const census = new Census();
  const judge = new Judge(ledger);
  const { origin, close } = await booted.boot({ ...loadApplication(ledger, sources), isHttp2: true });
  const wrong: string[] = [];
  let [faults, cases, lost] = [0, 0, 0];
  try {
    for (const { how, quit, asked } of tries(rounds)) {
      faults += 1;
      const { finished } = sources;
      await quitBy(quit, origin, asked);
      const left = await settled(() => openOf(census, sources));
      if (sources.finished > finished) left.push('a source was read to its end for nobody');
      cases += 1;
      const given = await answerTo(origin, asked).catch((error) => `${error}`);
      if (typeof given === 'string') lost += 1;
      const found = typeof given === 'string' ? [given] : judge.faultsOf(asked, given.answer, given.window);
      wrong.push(...[...left, ...found].map((line) => `${booted.name}, ${how}, ${asked.path}: ${line}`));
      // All that follow would find the same.
      if (left.length > 0) break;
    }
  } finally {
    await close();
    census.stop();
  }
  return { what: GAVE_UP, cases, faults, lost, wrong };
}

const GAVE_UP = 'what is open after a peer gave up, and the answer to the one that asks next';

async function quitBy(quit: Quit, origin: string, asked: Asked): Promise<void> {
  const session = connect(origin).on('error', () => {});
  const closed = once(session, 'close');
  await once(session, 'connect');
  await quit(session, asked);
  session.destroy();
  await closed;
}

async function answerTo(
  origin: string,
  asked: Asked,
): Promise<{ answer: Answer; window: { from: number; to: number } }> {
  const client = http2(origin);
  try {
    const from = performance.now();
    const answer = (await client.ask(asked, 'at once')) as Answer;
    return { answer, window: { from, to: performance.now() } };
  } finally {
    await client.close();
  }
}

/** Whose server speaks HTTP/2 by node:http2. */
const SPEAK_HTTP2 = ['node', 'koa', 'fastify', 'nestjs on fastify'];
const ROUNDS = { short: 1, long: 5 };

export const quitters: Part = {
  name: 'quitters',
  title: 'Peers that give up over HTTP/2',
  about:
    'Every adapter whose server speaks HTTP/2, and peers that send RST_STREAM within the content of their request or of the response, send GOAWAY within that content, or never open their window. Within 3 s their connection and what the response was read from must be closed; then another peer asks for the same, and its answer is judged as under load.',
  async run(isLong) {
    const rounds = isLong ? ROUNDS.long : ROUNDS.short;
    const { ran, uncaught } = await watched(async () => {
      const all: Result[] = [];
      for (const booted of await bootedAdapters()) {
        if (SPEAK_HTTP2.includes(booted.name)) all.push(await tryQuitters(booted, rounds));
      }
      return all;
    });
    const sum = (count: (result: Result) => number) => ran.reduce((sum, one) => sum + count(one), 0);
    return [
      {
        what: GAVE_UP,
        cases: sum(({ cases }) => cases),
        faults: sum(({ faults = 0 }) => faults),
        lost: sum(({ lost = 0 }) => lost),
        wrong: [...ran.flatMap(({ wrong }) => wrong), ...uncaught],
        note: `${ran.length} servers, ${rounds} of each kind`,
      },
    ];
  },
};
