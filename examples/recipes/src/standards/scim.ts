import { replace, tagCodec, type Versioned, type VersionedStore, withCodec } from '@etag/concurrency';
import { etag, expectation, precondition, respond } from '@etag/hono';
import { Hono } from 'hono';
import { refusalsAs } from './refusals.ts';

/** RFC 7644 §3.14: the tag of a resource is its meta.version, weak in the examples of the standard. */
const codec = tagCodec({
  format: (version) => `W/"${version}"`,
  parse: (tag) => /^(?:W\/)?"([\w.-]+)"$/.exec(tag)?.[1] ?? null,
});

/** What a client writes. */
export interface User {
  userName: string;
  [attribute: string]: unknown;
}

/** SCIM's Users, read, listed and replaced. */
export function scimApp(store: VersionedStore<string, User>, ids: () => Iterable<string>): Hono {
  const users = withCodec(store, codec);
  const app = new Hono();
  app.use(refusalsAs('application/scim+json', scimError));

  app.get('/Users', async (c) => {
    const found = await Promise.all([...ids()].map(async (id) => ({ id, user: await users.get(id) })));
    const Resources = found.flatMap(({ id, user }) => (user ? [resourceOf(id, user)] : []));
    const schemas = ['urn:ietf:params:scim:api:messages:2.0:ListResponse'];
    return c.json({ schemas, totalResults: Resources.length, Resources }, 200, SCIM);
  });

  app.get('/Users/:id', etag({ current: (c) => users.state(c.req.param('id')) }), async (c) => {
    const found = await users.get(c.req.param('id'));
    if (!found) return c.json(NO_USER, 404, SCIM);
    return c.json(resourceOf(c.req.param('id'), found), 200, SCIM);
  });

  // The check spares the handler a stale request. It is the expectation that closes the race.
  const fresh = precondition({ current: (c) => users.state(c.req.param('id')), codec });
  app.put('/Users/:id', fresh, async (c) => {
    const id = c.req.param('id');
    const { id: _, meta, schemas, ...user } = await c.req.json<User>();
    // RFC 7644 §3.5.1: a PUT creates nothing.
    const written = await replace(users, id, user as User, { ...expectation(c, { codec }), exists: true });
    if (written.kind === 'missing') return c.json(NO_USER, 404, SCIM);
    if (!('value' in written)) return respond(c, written, { codec });
    return c.json(resourceOf(id, written), 200, { ...SCIM, ETag: codec.format(written.version) });
  });
  return app;
}

const SCIM = { 'Content-Type': 'application/scim+json', 'Cache-Control': 'no-cache' };

/** What a client reads: a client may send `meta.version` back as it is, from a list too. */
function resourceOf(id: string, { value, version }: Versioned<User>) {
  const meta = { resourceType: 'User', version: codec.format(version) };
  return { schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'], ...value, id, meta };
}

/** RFC 7644 §3.12: the status is text. */
function scimError({ status, detail }: { status: number; detail: string }) {
  return { schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'], status: String(status), detail };
}

const NO_USER = scimError({ status: 404, detail: 'No such user.' });
