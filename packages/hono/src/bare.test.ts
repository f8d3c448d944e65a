import { type Context, Hono, type MiddlewareHandler } from 'hono';
import { every } from 'hono/combine';
import { describe, expect, it } from 'vitest';
import { listen } from '../test/boot.ts';
import { etag } from './index.ts';

// A response of text that has nothing but its type is made anew with its tag. Whatever else is on it has to stay.

interface Answer {
  readonly status: number;
  readonly fields: Record<string, string>;
  readonly text: string;
}

async function answerOf(response: Response): Promise<Answer> {
  const { date, connection, 'keep-alive': _, 'content-type': type, ...fields } = Object.fromEntries(response.headers);
  // Hono sends text with this space and without it.
  return {
    status: response.status,
    fields: { ...fields, ...(type !== undefined && { type: type.replace('; ', ';') }) },
    text: await response.text(),
  };
}

const runtimes: [string, (app: Hono, headers?: Record<string, string>) => Promise<Answer>][] = [
  ['in process', async (app, headers = {}) => answerOf(await app.request('/', { headers }))],
  [
    // Whose responses are light as long as nobody sets a field of theirs.
    'by @hono/node-server',
    async (app, headers = {}) => {
      const { origin, close } = await listen(app.fetch);
      try {
        return await answerOf(await fetch(origin, { headers }));
      } finally {
        close();
      }
    },
  ],
];

const before =
  (act: (c: Context) => void): MiddlewareHandler =>
  (c, next) => {
    act(c);
    return next();
  };
const after =
  (act: (c: Context) => void): MiddlewareHandler =>
  async (c, next) => {
    await next();
    act(c);
  };
const text = (c: Context) => c.text('a');
const textAfter = (act: (c: Context) => void) => (c: Context) => {
  act(c);
  return c.text('a');
};

const applications: [string, (tag: MiddlewareHandler) => Hono][] = [
  ['c.text', (tag) => new Hono().use(tag).get('/', text)],
  ['c.text, empty', (tag) => new Hono().use(tag).get('/', (c) => c.text(''))],
  ['c.text with a status', (tag) => new Hono().use(tag).get('/', (c) => c.text('a', 200))],
  ['c.text with another', (tag) => new Hono().use(tag).get('/', (c) => c.text('a', 203))],
  ['c.text with fields', (tag) => new Hono().use(tag).get('/', (c) => c.text('a', 200, { 'x-a': '1' }))],
  ['c.text with init', (tag) => new Hono().use(tag).get('/', (c) => c.text('a', { headers: { 'x-a': '1' } }))],
  ['c.json', (tag) => new Hono().use(tag).get('/', (c) => c.json({ a: 1 }))],
  ['c.html', (tag) => new Hono().use(tag).get('/', (c) => c.html('<p>'))],
  ['c.html of a promise', (tag) => new Hono().use(tag).get('/', (c) => c.html(Promise.resolve('<p>')))],
  ['c.render', (tag) => new Hono().use(tag).get('/', (c) => c.render('<p>'))],
  [
    'a status that was set',
    (tag) =>
      new Hono().use(tag).get(
        '/',
        textAfter((c) => c.status(203)),
      ),
  ],
  [
    'a status set before etag()',
    (tag) =>
      new Hono()
        .use(
          before((c) => c.status(203)),
          tag,
        )
        .get('/', text),
  ],
  [
    'a field that was set',
    (tag) =>
      new Hono().use(tag).get(
        '/',
        textAfter((c) => c.header('x-a', '1')),
      ),
  ],
  [
    'a field set before etag()',
    (tag) =>
      new Hono()
        .use(
          before((c) => c.header('x-a', '1')),
          tag,
        )
        .get('/', text),
  ],
  [
    'a field set before etag() that is first of its own',
    (tag) =>
      new Hono()
        .use(
          before((c) => c.header('x-a', '1')),
          every(tag),
        )
        .get('/', text),
  ],
  [
    'a field set by who calls etag()',
    (tag) => {
      const calling: MiddlewareHandler = (c, next) => {
        c.header('x-a', '1');
        return tag(c, next);
      };
      return new Hono().use(calling).get('/', text);
    },
  ],
  [
    'a field set on c.res before the handler',
    (tag) =>
      new Hono()
        .use(
          tag,
          before((c) => c.res.headers.set('x-a', '1')),
        )
        .get('/', text),
  ],
  [
    'a field set on c.res before etag()',
    (tag) =>
      new Hono()
        .use(
          before((c) => c.res.headers.set('x-a', '1')),
          tag,
        )
        .get('/', text),
  ],
  [
    'a field set on c.res after the handler',
    (tag) =>
      new Hono()
        .use(
          tag,
          after((c) => c.res.headers.set('x-a', '1')),
        )
        .get('/', text),
  ],
  [
    'c.header after the handler',
    (tag) =>
      new Hono()
        .use(
          tag,
          after((c) => c.header('x-a', '1')),
        )
        .get('/', text),
  ],
  [
    'c.header outside',
    (tag) =>
      new Hono()
        .use(
          after((c) => c.header('x-a', '1')),
          tag,
        )
        .get('/', text),
  ],
  [
    'a field set on the response itself',
    (tag) =>
      new Hono().use(tag).get('/', (c) => {
        const response = c.text('a');
        response.headers.set('x-a', '1');
        return response;
      }),
  ],
  [
    'another response than that of text',
    (tag) =>
      new Hono().use(tag).get('/', (c) => {
        c.text('a');
        return c.body('b', 200, { 'content-type': 'text/css' });
      }),
  ],
  [
    'another response in its place',
    (tag) => {
      const replace = after((c) => {
        c.res = new Response('b', { headers: { 'x-a': '1' } });
      });
      return new Hono().use(tag, replace).get('/', text);
    },
  ],
  [
    'an error handler',
    (tag) => {
      const fail = () => {
        throw new Error('failed');
      };
      return new Hono()
        .use(tag)
        .get('/', fail)
        .onError((_, c) => c.json({ a: 1 }));
    },
  ],
  ['no such route', (tag) => new Hono().use(tag).notFound((c) => c.text('none', 404))],
];

const early = etag({ current: () => ({ etag: '"v7"' }) });
const tags: [string, MiddlewareHandler][] = [
  ['etag()', etag()],
  ['etag({ current })', early],
  ['both', every(etag(), early)],
];

describe.each(runtimes)('%s', (_, ask) => {
  describe.each(tags)('behind %s', (_, tag) => {
    it.each(applications)('a response has what it has without: %s', async (_, application) => {
      const [plain, tagged] = [await ask(application(before(() => {}))), await ask(application(tag))];
      const { etag: found, ...rest } = tagged.fields;
      expect({ ...tagged, fields: rest }).toEqual(plain);
      if (plain.status === 404) return expect(found).toBeUndefined();
      const cached = await ask(application(tag), { 'If-None-Match': found ?? '', 'Cache-Control': 'max-age=0' });
      expect([cached.status, cached.fields.etag, cached.text]).toEqual([304, found, '']);
    });
  });
});

describe.each(runtimes)('%s, a response that somebody has looked at', (_, ask) => {
  it.each<[string, (response: Response) => void, string | undefined]>([
    ['has the tag that was set on it', ({ headers }) => headers.set('etag', '"own"'), '"own"'],
    ['has none where what was set is not one', ({ headers }) => headers.set('etag', 'own'), undefined],
    ['has none where it may not be stored', ({ headers }) => headers.set('cache-control', 'no-store'), undefined],
  ])('%s', async (_, act, expected) => {
    const app = new Hono().use(etag()).get('/', (c) => {
      const response = c.text('a');
      act(response);
      return response;
    });
    expect((await ask(app)).fields.etag).toBe(expected);
    const outer = new Hono()
      .use(
        etag(),
        after((c) => act(c.res)),
      )
      .get('/', text);
    expect((await ask(outer)).fields.etag).toBe(expected);
  });

  it('has the tag of its content, not of that of another before it', async () => {
    const change = after((c) => {
      c.res = new Response('b', c.res);
    });
    const changed = await ask(new Hono().use(etag(), change).get('/', text));
    const other = await ask(new Hono().use(etag()).get('/', (c) => c.text('b')));
    expect([changed.text, changed.fields.etag]).toEqual(['b', other.fields.etag]);
  });
});

it('waits for a digest that gives a promise, and takes a tag with letters beyond ASCII', async () => {
  const app = new Hono().use(etag({ digest: async (content) => `é${content}` })).get('/', text);
  const { origin, close } = await listen(app.fetch);
  const response = await fetch(origin);
  expect([response.headers.get('etag'), await response.text()]).toEqual(['"éa"', 'a']);
  close();
});

it('a read that is refused has none of the text', async () => {
  const app = new Hono().use(etag()).get('/', text);
  const response = await app.request('/', { headers: { 'If-Match': '"no"' } });
  expect([response.status, response.headers.get('content-type')]).toEqual([412, 'application/problem+json']);
});

it('a field that the handler deletes after it has made the response is not added', async () => {
  const app = new Hono().use(early).get('/', (c) => {
    const response = c.text('a');
    c.header('etag', undefined);
    return response;
  });
  expect((await app.request('/')).headers.get('etag')).toBeNull();
});
