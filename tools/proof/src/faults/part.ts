import { type Booted, bootedAdapters } from '../adapters/boots.ts';
import type { Part, Result } from '../result.ts';
import { watched } from '../watched.ts';
import { fieldOf, Peer } from '../wire/peer.ts';
import { faultyApplication, HEALTHY, type Health, type Parts } from './application.ts';

/** What has to come back: the status, and whether there is a tag. */
type Right = readonly [status: number, isTagged: boolean];

const REQUESTS = {
  'GET /content': '',
  'GET /note': '',
  'GET /read': '',
  'PUT /note': 'If-Match: *\r\nContent-Length: 0\r\n',
  'PUT /write': 'If-Match: *\r\nContent-Length: 0\r\n',
};
type Name = keyof typeof REQUESTS;

const WHILE_HERE: Readonly<Record<Name, Right>> = {
  'GET /content': [200, true],
  'GET /note': [200, true],
  'GET /read': [200, true],
  'PUT /note': [200, false],
  'PUT /write': [200, true],
};

/** What differs while a part is away: reads have no tag, and writes are refused. What the handler itself reads is its own. */
const WHILE_AWAY: Readonly<Record<keyof Parts, Partial<Record<Name, Right>>>> = {
  store: {
    'GET /note': [200, false],
    'GET /read': [500, false],
    'PUT /note': [500, false],
    'PUT /write': [500, false],
  },
  digest: { 'GET /content': [200, false] },
  onDecision: {},
};

const AWAY: readonly Exclude<Health, 'here'>[] = ['throws', 'rejects', 'hangs'];
/** A handler that waits for its own store waits for as long as it likes. */
const isItsOwn = (name: Name, health: Health) => health === 'hangs' && /read$|write$/.test(name);

/** All requests, each compared; what is wrong with it. */
async function asked(
  origin: string,
  right: Readonly<Record<Name, Right>>,
  health: Health,
): Promise<[number, string[]]> {
  const wrong: string[] = [];
  const names = (Object.keys(REQUESTS) as Name[]).filter((name) => !isItsOwn(name, health));
  for (const name of names) {
    const [method = '', path] = name.split(' ');
    const peer = await Peer.to(origin);
    try {
      peer.write(`${method} ${path} HTTP/1.1\r\nHost: localhost\r\n${REQUESTS[name]}\r\n`);
      const raw = await peer.next(method);
      const given = raw && [raw.status, fieldOf(raw, 'etag') !== null];
      if (`${given}` !== `${right[name]}`) wrong.push(`${name}: ${given}, not ${right[name]}`);
    } catch (error) {
      wrong.push(`${name}: ${(error as Error).message}`);
    } finally {
      peer.close();
    }
  }
  return [names.length, wrong];
}

/** Takes each part away in each way, and brings it back. */
export async function tryFaults({ name, boot }: Booted): Promise<Result[]> {
  const parts = { ...HEALTHY };
  const { origin, close } = await boot(await faultyApplication(parts));
  const results: Result[] = [];
  for (const part of Object.keys(HEALTHY) as (keyof Parts)[]) {
    const wrong: string[] = [];
    let [cases, faults] = [0, 0];
    for (const health of AWAY) {
      const right = { ...WHILE_HERE, ...WHILE_AWAY[part] };
      parts[part] = health;
      const [away, whileAway] = await asked(origin, right, part === 'store' ? health : 'here');
      parts[part] = 'here';
      const [back, afterwards] = await asked(origin, WHILE_HERE, 'here');
      cases += away + back;
      faults += away;
      wrong.push(...whileAway.map((line) => `${name}, ${part} ${health}: ${line}`));
      wrong.push(...afterwards.map((line) => `${name}, ${part} is back: ${line}`));
    }
    results.push({ what: `${part} goes away and returns`, cases, faults, wrong });
  }
  await close();
  return results;
}

export const faults: Part = {
  name: 'faults',
  title: 'Parts that go away and return',
  about:
    'On every adapter under its framework, the store, the digest and the observer of decisions throw, reject, or never answer; then they are back. Reads go out without a tag, writes are refused with a 500, nothing hangs, nothing is thrown that nobody catches; and afterwards all is as it was.',
  async run() {
    const { ran, uncaught } = await watched(async () => {
      const all: Result[][] = [];
      for (const booted of await bootedAdapters()) all.push(await tryFaults(booted));
      return all;
    });
    return Object.keys(HEALTHY).map((part, index) => {
      const of = ran.map((results) => results[index] as Result);
      return {
        what: `${part} goes away and returns`,
        cases: of.reduce((sum, { cases }) => sum + cases, 0),
        faults: of.reduce((sum, { faults = 0 }) => sum + faults, 0),
        wrong: [...of.flatMap(({ wrong }) => wrong), ...(index === 0 ? uncaught : [])],
        note: `${ran.length} servers`,
      };
    });
  },
};
