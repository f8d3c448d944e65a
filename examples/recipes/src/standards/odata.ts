import { tagCodec, update, type Versioned, type VersionedStore, withCodec } from '@etag/concurrency';
import { etag, expectation, respond } from '@etag/hono';
import { Hono } from 'hono';
import { refusalsAs } from './refusals.ts';

/** OData 4.01, If-Match: a client sends back what `@odata.etag` or ETag gave it, and weak tags guard writes. */
const codec = tagCodec({
  format: (version) => `W/"${encodeURIComponent(version)}"`,
  parse: (tag) => versionOf(/^(?:W\/)?"(.+)"$/.exec(tag)?.[1] ?? ''),
});

function versionOf(encoded: string): string | null {
  try {
    return decodeURIComponent(encoded) || null;
  } catch {
    return null;
  }
}

/** A product, as it is stored. */
export interface Product {
  name: string;
  price: number;
}

/** OData's Products: each item of the collection has its tag, so that it can be changed without another read. */
export function odataApp(store: VersionedStore<string, Product>, keys: () => Iterable<string>): Hono {
  const products = withCodec(store, codec);
  const app = new Hono();
  app.use(refusalsAs('application/json', odataError));

  app.get('/Products', async (c) => {
    const found = await Promise.all([...keys()].map(async (id) => ({ id, product: await products.get(id) })));
    return c.json({ value: found.flatMap(({ id, product }) => (product ? [entityOf(id, product)] : [])) });
  });

  app.get('/Products/:id', etag({ current: (c) => products.state(c.req.param('id')) }), async (c) => {
    const found = await products.get(c.req.param('id'));
    if (!found) return c.json(odataError({ status: 404, detail: 'There is no such product.' }), 404);
    return c.json(entityOf(c.req.param('id'), found), 200, { 'Cache-Control': 'no-cache' });
  });

  app.patch('/Products/:id', async (c) => {
    // A client may send the entity as it read it.
    const { '@odata.etag': _tag, id: _id, ...changes } = await c.req.json<Partial<Entity>>();
    const expected = expectation(c, { require: true, codec });
    const written = await update(products, c.req.param('id'), (product) => ({ ...product, ...changes }), expected);
    if (!('value' in written)) return respond(c, written, { codec });
    return c.json(entityOf(c.req.param('id'), written), 200, { ETag: codec.format(written.version) });
  });

  app.delete('/Products/:id', async (c) => {
    const expected = expectation(c, { require: true, codec });
    return respond(c, await products.delete(c.req.param('id'), expected), { codec });
  });
  return app;
}

/** A product, as a client reads it. */
interface Entity extends Product {
  '@odata.etag': string;
  id: string;
}

function entityOf(id: string, { value, version }: Versioned<Product>): Entity {
  return { '@odata.etag': codec.format(version), id, ...value };
}

/** The content of an error in OData JSON. */
function odataError({ status, detail }: { status: number; detail: string }) {
  return { error: { code: String(status), message: detail } };
}
