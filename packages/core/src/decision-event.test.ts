import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  type Circumstances,
  type DecisionEvent,
  isObserved,
  report,
  reportFault,
  reportRefusal,
} from './decision-event.ts';
import { PreconditionFailedError, PreconditionRequiredError, problem, type RequestHead } from './index.ts';

const request = (method = 'GET'): RequestHead => ({ method, headers: {} });
const DECIDED = { status: 200, field: null, reason: 'none' } as const;

let heard: DecisionEvent[];
const onDecision = (event: DecisionEvent) => {
  heard.push(event);
};
const published: DecisionEvent[] = [];
const listen = (event: unknown) => {
  published.push(event as DecisionEvent);
};

beforeEach(() => {
  heard = [];
  published.length = 0;
});
afterEach(() => {
  unsubscribe('etag:decision', listen);
  vi.restoreAllMocks();
});

describe('isObserved', () => {
  it.each<[what: string, options: Parameters<typeof isObserved>[0], is: boolean]>([
    ['onDecision', { onDecision }, true],
    ['an onDecision that is undefined', { onDecision: undefined }, false],
    ['no onDecision', {}, false],
    ['nothing', undefined, false],
  ])('with %s, and no subscriber', (_, options, is) => {
    expect(isObserved(options)).toBe(is);
  });

  it('is true for all while the channel has a subscriber', () => {
    subscribe('etag:decision', listen);
    expect([isObserved(undefined), isObserved({}), isObserved({ onDecision })]).toEqual([true, true, true]);
    unsubscribe('etag:decision', listen);
    expect(isObserved(undefined)).toBe(false);
  });
});

describe('report', () => {
  it('tells onDecision and the channel the same', () => {
    subscribe('etag:decision', listen);
    expect(report(request(), { onDecision, handlerRan: true }, DECIDED)).toBe(true);
    expect(heard).toHaveLength(1);
    expect(published).toEqual(heard);
  });

  it('gives each of them an event that the other cannot have changed', () => {
    subscribe('etag:decision', listen);
    const circumstances = { onDecision: (event: DecisionEvent) => Reflect.set(event, 'status', 500), handlerRan: true };
    report(request(), circumstances, DECIDED);
    expect(published.map(({ status }) => status)).toEqual([200]);
  });

  it('tells the channel when there is neither onDecision nor circumstances', () => {
    subscribe('etag:decision', listen);
    expect(report(request(), undefined, { ...DECIDED, status: 304 })).toBe(true);
    expect(published).toEqual([
      {
        method: 'GET',
        route: null,
        status: 304,
        field: null,
        reason: 'none',
        handlerRan: false,
        bytesSaved: null,
        untagged: null,
      },
    ]);
  });

  it('calls nothing without onDecision', async () => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => {});
    subscribe('etag:decision', listen);
    report(request(), { handlerRan: true }, DECIDED);
    await new Promise((resolve) => setImmediate(resolve));
    expect(log).not.toHaveBeenCalled();
  });

  it.each([undefined, { handlerRan: true }])('says that nobody listens, given %j', (circumstances) => {
    expect(report(request(), circumstances, DECIDED)).toBe(false);
  });

  it.each<[what: string, circumstances: Circumstances, status: number | null, event: Partial<DecisionEvent>]>([
    ['the bytes that a 304 saves', { handlerRan: true, contentLength: 512 }, 304, { bytesSaved: 512 }],
    ['that a 304 saves no bytes', { handlerRan: true, contentLength: 0 }, 304, { bytesSaved: 0 }],
    ['not how many, where that is not known', { handlerRan: false }, 304, { bytesSaved: null, handlerRan: false }],
    ['no saving of any other response', { handlerRan: true, contentLength: 512 }, 200, { bytesSaved: null }],
    ['the route', { handlerRan: false, route: () => '/notes/:id' }, 200, { route: '/notes/:id' }],
    ['no route where none is known', { handlerRan: true, route: () => null }, 200, { route: null, handlerRan: true }],
    ['a status that is still open', { handlerRan: false }, null, { status: null, bytesSaved: null }],
  ])('says %s', (_, circumstances, status, event) => {
    report(request(), { ...circumstances, onDecision }, { ...DECIDED, status });
    expect(heard).toEqual([expect.objectContaining(event)]);
  });

  it.each<[fields: Record<string, string>, untagged: DecisionEvent['untagged']]>([
    [{ 'cache-control': 'private, No-Store' }, 'no-store'],
    [{ 'cache-control': 'no-store', 'content-type': 'text/event-stream' }, 'no-store'],
    [{ 'content-type': 'text/event-stream; charset=utf-8' }, 'event-stream'],
    [{ 'content-type': 'text/plain', 'cache-control': 'no-cache' }, 'unread'],
    [{}, 'unread'],
  ])('says why a response has no tag: %j', (fields, untagged) => {
    const head = { status: 200, headers: new Headers(fields) };
    report(request(), { onDecision, handlerRan: true }, { ...DECIDED, untagged: head });
    expect(heard).toEqual([expect.objectContaining({ untagged })]);
  });

  it('says that a response has no tag because no state was found', () => {
    const head = { status: 200, headers: new Headers() };
    report(request(), { onDecision, handlerRan: true, hasState: true }, { ...DECIDED, untagged: head });
    expect(heard).toEqual([expect.objectContaining({ untagged: 'no-state' })]);
  });

  it('tells the channel why a response has no tag, though nothing is known of the circumstances', () => {
    subscribe('etag:decision', listen);
    report(request(), undefined, { ...DECIDED, untagged: { status: 200, headers: new Headers() } });
    expect(published).toEqual([expect.objectContaining({ untagged: 'unread', handlerRan: false })]);
  });

  it('says nothing of that where the response has a tag', () => {
    report(request(), { onDecision, handlerRan: true }, { ...DECIDED, untagged: null });
    report(request(), { onDecision, handlerRan: true }, DECIDED);
    expect(heard.map(({ untagged }) => untagged)).toEqual([null, null]);
  });

  describe('of one request, whose response an etag() further out finishes again', () => {
    const twice = (method: string, first: number | null, second: number | null, handlerRan = true) => {
      const read = request(method);
      const told = [first, second].map((status) => report(read, { onDecision, handlerRan }, { ...DECIDED, status }));
      return [told, heard.map(({ status }) => status)];
    };

    it.each(['GET', 'HEAD', 'QUERY'])('a finished %s is told of once', (method) => {
      expect(twice(method, 200, 304)).toEqual([[true, true], [200]]);
    });

    it('a fault comes before the response, and is told of beside it', () => {
      expect(twice('GET', null, 200)).toEqual([
        [true, true],
        [null, 200],
      ]);
    });

    it('a decision before the handler does not count as the response', () => {
      expect(twice('GET', 200, 200, false)).toEqual([
        [true, true],
        [200, 200],
      ]);
    });

    it('a write may be told of at each of its checks', () => {
      expect(twice('PUT', 412, 412)).toEqual([
        [true, true],
        [412, 412],
      ]);
    });

    it('is told apart from any other request', () => {
      for (let i = 0; i < 2; i++) report(request(), { onDecision, handlerRan: true }, DECIDED);
      expect(heard).toHaveLength(2);
    });
  });

  it.each<[how: string, onDecision: (error: Error) => () => void]>([
    [
      'throws',
      (error) => () => {
        throw error;
      },
    ],
    ['rejects', (error) => () => Promise.reject(error)],
  ])('logs what onDecision %s', async (_, failing) => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => {});
    const error = new Error('metrics are down');
    expect(report(request(), { onDecision: failing(error), handlerRan: true }, DECIDED)).toBe(true);
    await vi.waitFor(() => expect(log).toHaveBeenCalledExactlyOnceWith(error));
  });
});

describe('reportRefusal', () => {
  it('tells of the field and the reason, and gives the refusal back', () => {
    const put = { method: 'PUT', headers: { 'if-match': '"v6"' } };
    const refusal = new PreconditionFailedError(put, { field: 'if-match', reason: 'no-match' }, { etag: '"v7"' });
    expect(reportRefusal(put, { onDecision, handlerRan: false }, refusal)).toBe(refusal);
    expect(heard).toEqual([
      {
        method: 'PUT',
        route: null,
        status: 412,
        field: 'if-match',
        reason: 'no-match',
        handlerRan: false,
        bytesSaved: null,
        untagged: null,
      },
    ]);
  });

  it.each([
    ['a 428', new PreconditionRequiredError(), { status: 428, field: null, reason: 'required' }],
    ['one that names neither', problem(503, 'Down', '', {}), { status: 503, field: null, reason: 'none' }],
    ['one without content', { status: 416, headers: {}, body: null }, { status: 416, field: null, reason: 'none' }],
  ])('tells of %s', (_, refusal, event) => {
    reportRefusal(request('PUT'), { onDecision, handlerRan: false }, refusal);
    expect(heard).toEqual([expect.objectContaining(event)]);
  });
});

describe('reportFault', () => {
  const error = new Error('the database is down');

  it('tells those who listen, and nobody else', () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    reportFault(request(), { onDecision, handlerRan: false }, error);
    expect(heard).toEqual([expect.objectContaining({ status: null, field: null, reason: 'fault', error })]);
    expect(warn).not.toHaveBeenCalled();
  });

  it.each([undefined, { handlerRan: false }])('is a warning where nobody listens, given %j', (circumstances) => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    reportFault(request(), circumstances, error);
    expect(warn).toHaveBeenCalledExactlyOnceWith('@etag: a read goes on without a tag.', error);
  });
});

describe('without a diagnostics channel', () => {
  /** The module as a browser has it, or a Worker. */
  async function loadedWith(process: object | undefined): Promise<typeof import('./decision-event.ts')> {
    vi.resetModules();
    const pending = import('./decision-event.ts');
    vi.stubGlobal('process', process);
    return pending.finally(() => vi.unstubAllGlobals());
  }

  it.each<[what: string, process: object | undefined]>([
    ['no process', undefined],
    ['a process without built-in modules', {}],
    ['a process without this one', { getBuiltinModule: () => undefined }],
  ])('onDecision is told: %s', async (_, process) => {
    const { isObserved, report } = await loadedWith(process);
    subscribe('etag:decision', listen);
    expect(isObserved(undefined)).toBe(false);
    expect(report(request(), { onDecision, handlerRan: true }, DECIDED)).toBe(true);
    expect([heard.length, published.length]).toEqual([1, 0]);
  });
});
