import assert from 'node:assert/strict';
import { type Form, hasTags, listsTaken } from '../apps/app.ts';
import { application, framework } from '../apps/hono.ts';
import { type Comparison, NOT_SLOWER, type Subject } from '../measure.ts';
import { pick } from '../pool.ts';
import { type Answer, type Asked, checkedRequests, type Kind } from '../requests.ts';

type App = ReturnType<typeof application>;

function toRequest({ path, headers }: Asked): Request {
  return new Request(`http://notes.example${path}`, { headers });
}

async function ask(app: App, asked: Asked): Promise<Answer> {
  const response = await app.fetch(toRequest(asked));
  return { status: response.status, etag: response.headers.get('etag'), body: await response.text() };
}

/** A server's part: it takes the response, and reads the body to send it. */
async function fetching(name: string, form: Form, kind: Kind, status: 200 | 304): Promise<Subject> {
  const app = application(form);
  const asked = await checkedRequests((asked) => ask(app, asked), kind, status, hasTags(form));
  const before = listsTaken();
  for (const one of asked) await ask(app, one);
  if (form === 'current') assert.equal(listsTaken(), before, 'the handler was not to run');
  const requests = asked.map(toRequest);
  return {
    name,
    async run(times) {
      let sum = 0;
      for (let i = 0; i < times; i++) {
        const response = await app.fetch(pick(requests, i));
        sum += response.status + (await response.arrayBuffer()).byteLength;
      }
      return sum;
    },
  };
}

function comparison(work: string, kind: Kind, status: 200 | 304, target?: number): Comparison {
  const { adapter, peer } = framework;
  return {
    work,
    async prepare() {
      return {
        subjects: [
          await fetching('no tags', 'no tags', kind, 200),
          await fetching(adapter, 'content', kind, status),
          await fetching(peer, 'peer', kind, status),
        ],
        aims: [
          { measured: adapter, against: 'no tags', ...(target && { target }) },
          { measured: peer, against: 'no tags' },
          { measured: adapter, against: peer, target: NOT_SLOWER },
        ],
      };
    },
  };
}

export const comparisons: Comparison[] = [
  comparison('1 KB of text: 200', 'notes', 200, 0.85),
  comparison('1 KB of text: 304', 'notes', 304, 1.5),
  comparison('64 KB of JSON: 200', 'lists', 200),
  comparison('64 KB of JSON: 304', 'lists', 304),
  {
    work: '64 KB of JSON: 304 before it is rendered',
    prepare: async () => ({
      subjects: [
        await fetching('no tags', 'no tags', 'lists', 200),
        await fetching(framework.adapter, 'current', 'lists', 304),
      ],
      aims: [{ measured: framework.adapter, against: 'no tags', target: 30 }],
    }),
  },
];
