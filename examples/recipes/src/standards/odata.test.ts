import { any } from '@etag/concurrency';
import { memoryStore } from '@etag/concurrency/memory';
import { beforeEach, expect, it } from 'vitest';
import { odataApp, type Product } from './odata.ts';

let app: ReturnType<typeof odataApp>;
beforeEach(async () => {
  const products = memoryStore<Product>();
  for (const id of ['1', '2']) await products.put(id, { name: `No. ${id}`, price: 10 }, any);
  app = odataApp(products, () => ['1', '2']);
});

interface Entity extends Product {
  '@odata.etag': string;
}

const entity = async (id: string) => (await (await app.request(`/Products/${id}`)).json()) as Entity;
const patch = (id: string, headers: Record<string, string>, changes: Partial<Product>) =>
  app.request(`/Products/${id}`, { method: 'PATCH', headers, body: JSON.stringify(changes) });

it('an item of the collection is changed with its own tag, without another read', async () => {
  const { value } = (await (await app.request('/Products')).json()) as { value: Entity[] };
  const [first] = value;
  const tag = first?.['@odata.etag'] ?? '';
  expect(tag).toMatch(/^W\/".+"$/);
  expect((await app.request('/Products/1')).headers.get('etag')).toBe(tag);
  const changed = await patch('1', { 'If-Match': tag }, { price: 12 });
  expect([changed.status, await changed.json()]).toMatchObject([200, { name: 'No. 1', price: 12 }]);
  expect(changed.headers.get('etag')).toBe((await entity('1'))['@odata.etag']);
});

it('an entity is sent back as it was read: its tag and its id are not stored', async () => {
  const read = await entity('1');
  const saved = await patch('1', { 'If-Match': read['@odata.etag'] }, { ...read, id: '2', price: 12 } as Entity);
  const tag = saved.headers.get('etag');
  expect(tag).not.toBe(read['@odata.etag']);
  expect(await saved.json()).toEqual({ '@odata.etag': tag, id: '1', name: 'No. 1', price: 12 });
  expect(await entity('1')).toMatchObject({ '@odata.etag': tag, id: '1' });
});

it('a change of what has changed is refused in the words of OData', async () => {
  const { '@odata.etag': tag } = await entity('1');
  await patch('1', { 'If-Match': tag }, { price: 12 });
  const stale = await patch('1', { 'If-Match': tag }, { price: 13 });
  const { price, '@odata.etag': current } = await entity('1');
  expect([stale.status, stale.headers.get('etag'), price]).toEqual([412, current, 12]);
  expect(await stale.json()).toEqual({ error: { code: '412', message: expect.stringContaining('has changed') } });
});

it.each<[title: string, headers: Record<string, string>, status: number]>([
  ['without a tag', {}, 428],
  ['with any', { 'If-Match': '*' }, 200],
  ['with a tag that is not one', { 'If-Match': '%' }, 412],
  ['with a tag that cannot be decoded', { 'If-Match': 'W/"%"' }, 412],
  ['with the tag of nothing', { 'If-Match': '""' }, 412],
])('%s: %o is answered %d', async (_, headers, status) => {
  expect((await patch('1', headers, { price: 12 })).status).toBe(status);
});

it('delete takes the tag too', async () => {
  const other = (await entity('2'))['@odata.etag'];
  const remove = (tag: string) => app.request('/Products/1', { method: 'DELETE', headers: { 'If-Match': tag } });
  expect((await remove(other)).status).toBe(412);
  expect((await remove((await entity('1'))['@odata.etag'])).status).toBe(204);
});
