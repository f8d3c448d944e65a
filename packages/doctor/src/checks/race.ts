import { checkHistory, type Operation } from '@etag/concurrency/testing';
import { isWeak } from '@etag/core';
import { type Check, failed, passed, skipped } from '../check.ts';
import { currentTag, firstWrite, isDone, marked, markerOf, NOT_SHOWN, newMarker, put } from '../draft.ts';
import { pause } from '../pace.ts';
import { type Subject, tagOf } from '../subject.ts';

/** How often each writer reads and writes. */
const ROUNDS = 5;

/** The longest pause of a writer between its read and its write, in ms. */
const THINKING = 10;

const KEY = 'the resource';

/** An operation of a history, whose states are named by the marker of the write that made them. */
type Recorded = Omit<Operation, 'key'>;

/** What a write's status says of it. */
function outcomeOf(status: number, marker: string): Operation['outcome'] {
  if (status >= 200 && status < 300) return { kind: 'written', version: marker };
  if (status === 412) return { kind: 'stale' };
  return status >= 500 ? { kind: 'unknown' } : { kind: 'failed' };
}

/** Reads, and writes with the tag that was read; null when the state has no tag, or was written by a stranger. */
async function edit(subject: Subject, writer: string): Promise<Recorded | null> {
  const read = await subject.fresh([], { isRushed: true });
  const expected = markerOf(read);
  const tag = tagOf(read.response);
  if (expected === null || tag === null) return null;
  await pause(Math.random() * THINKING);
  const id = newMarker(writer);
  const invoked = performance.now();
  try {
    const sent = await put(subject, marked(subject.plain, id) as Uint8Array, [['If-Match', tag]], {
      isRushed: true,
    });
    const outcome = outcomeOf(sent.response.status, id);
    const returned = outcome.kind === 'unknown' ? null : performance.now();
    return { id, kind: 'update', expected, invoked, returned, outcome };
  } catch {
    return { id, kind: 'update', expected, invoked, returned: null, outcome: { kind: 'unknown' } };
  }
}

async function writer(subject: Subject, name: string): Promise<Recorded[]> {
  const operations: Recorded[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const operation = await edit(subject, name);
    if (operation) operations.push(operation);
  }
  return operations;
}

/** What all writers did, once the last of them is done: a write that is still on its way would undo what is put back. */
async function editsOf(writers: readonly Promise<Recorded[]>[]): Promise<Recorded[]> {
  await Promise.allSettled(writers);
  return (await Promise.all(writers)).flat();
}

/** The write that the history begins with. */
async function begin(subject: Subject): Promise<Recorded | null> {
  const id = newMarker('first');
  const tag = await currentTag(subject);
  const invoked = performance.now();
  const sent = await put(subject, marked(subject.plain, id) as Uint8Array, tag ? [['If-Match', tag]] : []);
  if (!isDone(sent)) return null;
  return { id, kind: 'create', invoked, returned: performance.now(), outcome: { kind: 'written', version: id } };
}

/** The read that the history ends with. */
async function end(subject: Subject): Promise<Recorded | null> {
  const invoked = performance.now();
  const by = markerOf(await subject.fresh());
  const returned = performance.now();
  if (by === null) return null;
  return { id: newMarker('last'), kind: 'read', invoked, returned, outcome: { kind: 'found', version: by, by } };
}

/** Writers that race for one resource. */
export const raceChecks: readonly Check[] = [
  {
    id: 'race-lost-update',
    title: 'of writers that read the same state one wins, and the others are told',
    section: 'RFC 9110 §13.1.1',
    severity: 'critical',
    fix: 'The precondition is checked, and then it is written: two steps, and another writer comes between. Check it in the statement that writes (UPDATE … WHERE version = …). With @etag/concurrency: replace(store, id, value, expectation(request)).',
    async run(subject) {
      const { race } = subject.settings;
      if (race < 2) return skipped('Fewer than two writers race (--race).');
      const { why, tag, isShown } = await firstWrite(subject);
      if (why !== null) return skipped(why);
      if (!isShown) return skipped(NOT_SHOWN);
      if (!tag || isWeak(tag)) return skipped('Without a strong tag no write can be guarded.');
      const first = await begin(subject);
      if (!first) return skipped('A write with the current tag is refused; see write-current.');
      const writers = Array.from({ length: race }, (_, index) => writer(subject, `writer${index}`));
      const edits = await editsOf(writers);
      const last = await end(subject);
      const history = [first, ...edits, ...(last ? [last] : [])].map((operation) => ({ key: KEY, ...operation }));
      const lost = checkHistory(history).filter(({ kind }) => kind !== 'false-conflict');
      if (lost.length === 0) return passed;
      const done = edits.filter(({ outcome }) => outcome.kind === 'written').length;
      const seen = `${race} writers, ${edits.length} writes, ${done} acknowledged, ${lost.length} contradictions. The first: ${lost[0]?.message}`;
      return failed('a history in which each write follows the one that it replaces', seen);
    },
  },
];
