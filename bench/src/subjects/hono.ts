import assert from 'node:assert/strict';
import { versionTag } from '@etag/core';
import { etag } from '@etag/hono';
import { Hono } from 'hono';
import { etag as honoEtag } from 'hono/etag';
import { html } from 'hono/html';
import type { Comparison, Subject } from '../measure.ts';
import { noteText } from '../notes.ts';
import { pick, pool } from '../pool.ts';

interface App {
  fetch: (request: Request) => Response | Promise<Response>;
}

const notes = pool((index) => noteText(index, 1024));
const pages = pool((index) =>
  Array.from({ length: 200 }, (_, line) => ({ id: line, title: `Note ${line}`, text: noteText(index + line, 240) })),
);
let rendered = 0;

/** A page of 200 notes, about 64 KB. */
function render(page: (typeof pages)[number]) {
  rendered++;
  const items = page.map(({ id, title, text }) => html`<li id="note-${id}"><b>${title}</b> ${text}</li>`);
  return html`<!doctype html><title>Notes</title><ol>${items}</ol>`;
}

/** The app that every subject serves: with its middleware, or none. */
function serve(use: (app: Hono) => void): App {
  const app = new Hono();
  use(app);
  app.get('/notes/:id', (c) => c.text(notes[Number(c.req.param('id'))] as string));
  app.get('/pages/:id', (c) => c.html(render(pages[Number(c.req.param('id'))] as (typeof pages)[number])));
  return app;
}

const plain = serve(() => {});
const tagged = serve((app) => app.use(etag()));
const byHono = serve((app) => app.use(honoEtag()));
const early = serve((app) =>
  app.use('/pages/:id', etag({ current: (c) => ({ etag: versionTag(c.req.param('id')) }) })),
);

/** What is fetched, checked: the status that is due, and the content or none. */
async function requests(app: App, path: string, status: number, headers?: (first: Response) => HeadersInit) {
  const made: Request[] = [];
  for (const index of pool((index) => index)) {
    const url = `http://notes.example/${path}/${index}`;
    const reference = await (await plain.fetch(new Request(url))).text();
    const first = await app.fetch(new Request(url));
    assert.equal(await first.text(), reference);
    const request = new Request(url, { headers: headers?.(first) ?? {} });
    const response = await app.fetch(request);
    assert.equal(response.status, status);
    assert.equal(await response.text(), status === 304 ? '' : reference);
    if (app !== plain) assert.equal(response.headers.get('etag'), first.headers.get('etag'));
    made.push(request);
  }
  return made;
}

/** A server's part: it takes the response, and reads the body to send it. */
function fetching(name: string, app: App, inputs: readonly Request[]): Subject {
  return {
    name,
    async run(times) {
      let sum = 0;
      for (let i = 0; i < times; i++) {
        const response = await app.fetch(pick(inputs, i));
        sum += response.status + (await response.arrayBuffer()).byteLength;
      }
      return sum;
    },
  };
}

const sendTag = (first: Response) => ({ 'if-none-match': first.headers.get('etag') as string });

async function notModifiedEarly(): Promise<Request[]> {
  const inputs = await requests(early, 'pages', 304, sendTag);
  const before = rendered;
  for (const input of inputs) assert.equal((await early.fetch(input)).status, 304);
  assert.equal(rendered, before, 'the handler was not to run');
  return inputs;
}

export const comparisons: Comparison[] = [
  {
    work: '1 KB of text: 200',
    prepare: async () => ({
      peer: fetching('no tags', plain, await requests(plain, 'notes', 200)),
      contenders: [
        { ...fetching('@etag/hono', tagged, await requests(tagged, 'notes', 200)), target: 0.85 },
        fetching('hono/etag', byHono, await requests(byHono, 'notes', 200)),
      ],
    }),
  },
  {
    work: '1 KB of text: 304',
    prepare: async () => ({
      peer: fetching('no tags', plain, await requests(plain, 'notes', 200)),
      contenders: [
        { ...fetching('@etag/hono', tagged, await requests(tagged, 'notes', 304, sendTag)), target: 1.5 },
        fetching('hono/etag', byHono, await requests(byHono, 'notes', 304, sendTag)),
      ],
    }),
  },
  {
    work: '64 KB page: 304 before it is rendered',
    prepare: async () => ({
      peer: fetching('no tags', plain, await requests(plain, 'pages', 200)),
      contenders: [{ ...fetching('@etag/hono', early, await notModifiedEarly()), target: 30 }],
    }),
  },
];
