import { etag, precondition, versionTag } from '@etag/fetch';

// One resource, as every framework here serves it.

/** The content of the note. */
export const NOTE = { text: 'hello' };
/** What its store would say. */
export const current = () => ({ etag: versionTag(7) });
/** A write that holds only for who has the note as it is. */
export const save = precondition(() => new Response(null, { status: 204 }), { current, require: true });
/** The whole of it, for what is served without a router. */
export const serveNote = etag((request: Request) => (request.method === 'PUT' ? save(request) : Response.json(NOTE)));
