import { answerOf, createClient, memoryStore } from '@etag/client';
import { testResponseStore } from '@etag/client/testing';
import { resultsOf, same } from './results.ts';

interface Note {
  title: string;
  seen: number;
}

/** Reads twice, the second time by its validator. */
async function checkRead(url: string): Promise<void> {
  const client = createClient();
  same((await client.create(url, { title: 'Milk', seen: 0 })).kind, 'created');
  const reads = [];
  for (let read = 0; read < 2; read++) {
    const response = await client(url);
    reads.push([response.status, await response.json(), answerOf(response)?.how]);
  }
  const note = { title: 'Milk', seen: 0 };
  same(reads, [
    [200, note, 'full'],
    [200, note, 'not-modified'],
  ]);
}

/** Follows a redirect, with all that a Request says. */
async function checkRedirect(url: string): Promise<void> {
  const response = await createClient()(new Request(url.replace('/notes/', '/moved/')));
  same([response.status, (await response.json()).title], [200, 'Milk']);
}

/**
 * Ten add one each at the same time: none may be lost. Whoever wrote reads what was written, though the browser has something that
 * it takes for fresh.
 */
async function checkWrites(url: string): Promise<void> {
  const clients = Array.from({ length: 10 }, () => createClient());
  const add = (note: Note) => ({ ...note, seen: note.seen + 1 });
  const kinds = clients.map(async (client) => (await client.update<Note>(url, add, { attempts: 100 })).kind);
  same(await Promise.all(kinds), new Array(10).fill('updated'));
  for (const client of clients) same(await (await client(url)).json(), { title: 'Milk', seen: 10 });
}

/**
 * The laws of the store in memory, and reads and writes over the network.
 *
 * @param origin - where notes are
 */
export function client(origin: string) {
  const laws: [string, () => Promise<void>][] = [];
  testResponseStore(
    (name, run) => void laws.push([name, run]),
    async () => ({ store: memoryStore() }),
  );
  const url = `${origin}/notes/${crypto.randomUUID()}`;
  return resultsOf([
    ...laws,
    ['read', () => checkRead(url)],
    ['redirect', () => checkRedirect(url)],
    ['writes', () => checkWrites(url)],
  ]);
}
