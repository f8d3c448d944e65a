import { versionTag } from '@etag/core';
import { type Booted, bootedAdapters } from '../adapters/boots.ts';
import type { Part, Result } from '../result.ts';
import { watched } from '../watched.ts';
import { loadApplication, noSources, type Sources } from './application.ts';
import { Callers } from './callers.ts';
import { Census, type Held } from './census.ts';
import { http1, http2 } from './client.ts';
import { Judge } from './judge.ts';
import { Ledger, LONG } from './ledger.ts';
import { openOf, settled } from './settled.ts';

/** What a server speaks. */
type Protocol = 'HTTP/1.1' | 'HTTP/2';

/** How long each server is under load, in ms. */
const TIME = { short: 1500, long: 30_000 };
/** What comes before, so that what is made once is there. */
const WARM_UP = 400;
/** What the heap may grow by, in bytes: engines compile what they run, and the ledger grows. */
const HEAP = 8 * 1024 ** 2;
/** Requests and responses that may be left: the last ones of a connection that is closed. */
const MESSAGES = 10;
/**
 * Frameworks that bear load over HTTP/2. @hono/node-server, which serves Hono and fetch, cuts responses to writes short there
 * while another one is read slowly, without us as well.
 */
const SPEAK_HTTP2 = ['node', 'koa', 'fastify'];

/** What there is more of than before. */
function grown(before: Held, after: Held): string[] {
  const limits = { descriptors: 0, listeners: 0, messages: MESSAGES, heap: HEAP };
  return (Object.keys(limits) as (keyof Held)[])
    .filter((name) => after[name] > before[name] + limits[name])
    .map((name) => `${name}: ${before[name]}, then ${after[name]}`);
}

/**
 * Puts a server under load.
 *
 * @param time - in ms
 * @returns what is wrong with its answers, and with what it kept
 */
export async function tryLoad(
  booted: Booted,
  protocol: Protocol,
  time: number,
): Promise<[answers: Result, kept: Result]> {
  const ledger = new Ledger();
  const sources = noSources();
  const judge = new Judge(ledger);
  const census = new Census();
  const isHttp2 = protocol === 'HTTP/2';
  const compression = booted.compression.includes('inside') ? 'inside' : 'none';
  const { origin, close } = await booted.boot({ ...loadApplication(ledger, sources), compression, isHttp2 });
  let mostListeners = Number.POSITIVE_INFINITY;
  const run = async (time: number) => {
    const client = isHttp2 ? http2(origin) : http1(origin);
    const callers = new Callers(origin, client, judge, ledger);
    await callers.run(time, isHttp2);
    // Connections that are kept: those of responses that were given up are on their way out.
    const added = await settled(() =>
      census.listeners > mostListeners ? [`listeners of a connection: ${mostListeners}, then ${census.listeners}`] : [],
    );
    mostListeners = census.listeners;
    await client.close();
    return { ...callers.tally, added };
  };
  const before = await run(WARM_UP);
  await settled(() => openOf(census, sources));
  const held = census.held();
  const after = await run(time);
  const left = [
    ...after.added,
    ...(await settled(() => openOf(census, sources))),
    ...(await settled(() => grown(held, census.held()))),
    ...(await readForNobody(origin, isHttp2, ledger, sources)),
  ];
  await close();
  census.stop();
  const name = `${booted.name}, ${protocol}`;
  const naming = (lines: readonly string[]) => lines.map((line) => `${name}: ${line}`);
  const [cases, lost, aborted] = [before.cases + after.cases, before.lost + after.lost, before.aborted + after.aborted];
  return [
    { what: ANSWERS, cases, faults: aborted, lost, wrong: naming([...before.wrong, ...after.wrong]) },
    { what: KEPT, cases: 1, wrong: naming(left) },
  ];
}

/** Asks for a long source by its tag: it must be left where it is. */
async function readForNobody(origin: string, isHttp2: boolean, ledger: Ledger, sources: Sources): Promise<string[]> {
  const client = isHttp2 ? http2(origin) : http1(origin);
  const { finished } = sources;
  const fields = { 'if-none-match': versionTag(ledger.current(LONG)) };
  const answer = await client.ask({ method: 'GET', path: `/stream/${LONG}`, fields }, 'at once');
  const open = await settled(() => (sources.open > 0 ? [`sources that nobody closed: ${sources.open}`] : []));
  await client.close();
  return [
    ...open,
    ...(answer?.status === 304 ? [] : [`${answer?.status}, though the tag is current`]),
    ...(sources.finished > finished ? ['a source was read to its end, for a 304'] : []),
  ];
}

const ANSWERS =
  'answers to slow readers, to callers in a row, and to those that hang up, against what was current meanwhile';
const KEPT = 'connections, descriptors, listeners, open sources, requests, responses and the heap are as before';

export const load: Part = {
  name: 'load',
  title: 'Adapters under load',
  about:
    'Every adapter under its framework, with compression, over HTTP/1.1 and, where its server bears it, HTTP/2: 30 s each (1.5 s in CI) of reads and writes, some of them slow, some in a row without waiting, and over HTTP/1.1 a third of them given up halfway (these are the injected faults; over HTTP/2, node:http2 by itself then refuses other requests). A response is wrong where its content is not that of one version that was current between question and answer, where its tag names another or a later version, where a 304 names a tag that was not current or not asked for, and where a write goes through on a version that was not current, or twice on the same one. Afterwards the process must hold no more than before.',
  async run(isLong) {
    const time = isLong ? TIME.long : TIME.short;
    const { ran, uncaught } = await watched(async () => {
      const all: [Result, Result][] = [];
      for (const booted of await bootedAdapters()) {
        const protocols: Protocol[] = SPEAK_HTTP2.includes(booted.name) ? ['HTTP/1.1', 'HTTP/2'] : ['HTTP/1.1'];
        for (const protocol of protocols) all.push(await tryLoad(booted, protocol, time));
      }
      return all;
    });
    const sum = (of: readonly Result[], count: (result: Result) => number) =>
      of.reduce((sum, one) => sum + count(one), 0);
    return [ANSWERS, KEPT].map((what, index) => {
      const of = ran.map((results) => results[index] as Result);
      return {
        what,
        cases: sum(of, ({ cases }) => cases),
        faults: sum(of, ({ faults = 0 }) => faults),
        lost: sum(of, ({ lost = 0 }) => lost),
        wrong: [...of.flatMap(({ wrong }) => wrong), ...(index === 0 ? uncaught : [])],
        note: `${of.length} servers, ${time / 1000} s each`,
      };
    });
  },
};
