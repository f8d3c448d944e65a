// A Worker with a Durable Object, in which laws of the contract, calls to the store and statements of the tests run.
import { type DurableObjectSql, durableObjectStore } from '@etag/concurrency/durable-object';
import { type Call, call, law } from './in-worker.ts';

type Storage = DurableObjectSql & { transaction(work: () => Promise<void>): Promise<void> };

type Options = Parameters<typeof durableObjectStore>[1];

/** Another table than that of the proof. */
interface WithOptions {
  readonly options?: Options;
}

export class Notes {
  readonly #storage: Storage;

  constructor({ storage }: { storage: Storage }) {
    this.#storage = storage;
  }

  async fetch(request: Request): Promise<Response> {
    try {
      return await this.#answer(new URL(request.url).pathname, await request.text());
    } catch (error) {
      return new Response(String((error as Error).stack), { status: 500 });
    }
  }

  async #answer(path: string, text: string): Promise<Response> {
    const storage = this.#storage;
    const store = (options: Options = { table: 'notes' }) => durableObjectStore<unknown>(storage, options);
    const laws = store() as Parameters<typeof law>[0];
    if (path === '/law') return await law(laws, text);
    if (path === '/sql') return Response.json([...storage.sql.exec(text).raw()]);
    if (path === '/rolled-back') {
      await storage.transaction(async () => {
        await laws.put(text, 'lost', {});
        throw new Error('of the work');
      });
    }
    const { options, ...sent } = JSON.parse(text) as Call & WithOptions;
    return Response.json(await call(store(options) as typeof laws, sent));
  }
}

interface Env {
  readonly NOTES: { getByName(name: string): { fetch(request: Request): Promise<Response> } };
}

export default {
  fetch: (request: Request, { NOTES: notes }: Env): Promise<Response> => notes.getByName('notes').fetch(request),
};
