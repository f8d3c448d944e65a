import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { contentTag, type EntityTag, evaluatePreconditions } from '@etag/core';
import etag from 'etag';
import fresh from 'fresh';
import type { Aim, Comparison, Subject } from '../measure.ts';
import { noteText } from '../notes.ts';
import { fromWire, pick, pool } from '../pool.ts';

/** What is done with one of the inputs, by us and by a peer; both return a number that tells their results apart. */
interface Work<Input> {
  title: string;
  unit: string;
  sizes: readonly number[];
  input: (index: number, size: number) => Input;
  core: (input: Input) => number;
  peer: string;
  byPeer: (input: Input) => number;
  /** What is aimed at against the peer, by size. */
  targets?: Readonly<Record<number, number>>;
  /** Whether both are right. */
  check: (input: Input) => boolean;
}

function subject<Input>(name: string, size: number, inputs: Input[], work: (input: Input) => number): Subject {
  return {
    name,
    units: size,
    run(times) {
      let sum = 0;
      for (let i = 0; i < times; i++) sum += work(pick(inputs, i));
      return sum;
    },
  };
}

/** The same work in several sizes: against the peer in each, and by the unit against the smallest. */
function growing<Input>(work: Work<Input>): Comparison {
  const { unit, sizes, core, peer, byPeer } = work;
  const named = (name: string, size: number) => `${name}, ${size.toLocaleString('en')} ${unit}${size > 1 ? 's' : ''}`;
  return {
    work: `${work.title}, by the ${unit}`,
    prepare() {
      const subjects = sizes.flatMap((size) => {
        const inputs = pool((index) => work.input(index, size));
        for (const input of inputs) assert.ok(work.check(input), `${work.title}: ${size}`);
        return [
          subject(named('@etag/core', size), size, inputs, core),
          subject(named(peer, size), size, inputs, byPeer),
        ];
      });
      const ours = sizes.map((size) => named('@etag/core', size));
      const aims = sizes.flatMap((size, index): Aim[] => {
        const measured = ours[index] as string;
        const byUnit: Aim = { measured, against: ours[0] as string, target: 0.8 };
        const target = work.targets?.[size];
        const toPeer: Aim = { measured, against: named(peer, size), ...(target !== undefined && { target }) };
        return [toPeer, ...(index > 0 ? [byUnit] : [])];
      });
      return { subjects, aims };
    },
  };
}

interface Listed {
  request: Record<string, string>;
  /** What the list is searched for. */
  state: { etag: EntityTag };
  response: { etag: string };
}

function opaque(text: string): string {
  return createHash('sha1').update(text).digest('base64url');
}

const miss: Work<Listed> = {
  title: 'If-None-Match: a list without the tag',
  unit: 'tag',
  sizes: [4, 40, 400],
  input(index, size) {
    const tags = Array.from({ length: size }, (_, i) => `"${opaque(`${index}-${i}`)}"`);
    const tag = fromWire(`"${opaque(`note ${index}`)}"`) as EntityTag;
    return { request: { 'if-none-match': fromWire(tags.join(', ')) }, state: { etag: tag }, response: { etag: tag } };
  },
  core: ({ request, state }) => evaluatePreconditions({ method: 'GET', headers: request }, state).outcome.length,
  peer: 'fresh',
  byPeer: ({ request, response }) => Number(fresh(request, response)),
  check: ({ request, state, response }) =>
    evaluatePreconditions({ method: 'GET', headers: request }, state).reason === 'no-match' &&
    !fresh(request, response),
};

/** A cache holds the forms of a representation that differ by language and coding; the one that is asked for comes last. */
const variants: Work<Listed> = {
  title: 'If-None-Match: the tags of all variants, the last one a hit',
  unit: 'variant',
  sizes: [2, 8, 32],
  targets: { 8: 2 },
  input(index, size) {
    const forms = Array.from({ length: size }, (_, i) => `"${opaque(`note ${index}`)}:${size - i}-gzip"`);
    const coded = forms.at(-1) as string;
    return {
      request: { 'if-none-match': fromWire(forms.join(', ')) },
      state: { etag: fromWire(coded.replace('-gzip', '')) as EntityTag },
      response: { etag: fromWire(coded) },
    };
  },
  core: ({ request, state }) => evaluatePreconditions({ method: 'GET', headers: request }, state).outcome.length,
  peer: 'fresh',
  byPeer: ({ request, response }) => Number(fresh(request, response)),
  check: ({ request, state, response }) =>
    evaluatePreconditions({ method: 'GET', headers: request }, state).outcome === 'not-modified' &&
    fresh(request, response),
};

const content: Work<string> = {
  title: 'a tag from content',
  unit: 'KB',
  sizes: [1, 32, 1024],
  input: (index, size) => noteText(index, size * 1024),
  core: (text) => (contentTag(text) as EntityTag).charCodeAt(3),
  peer: 'etag',
  byPeer: (text) => etag(text).charCodeAt(3),
  check: (text) => contentTag(text) === contentTag(Buffer.from(text)) && contentTag(text) !== contentTag(`${text} `),
};

export const comparisons: Comparison[] = [growing(miss), growing(variants), growing(content)];
