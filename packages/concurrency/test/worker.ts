// A Worker with an R2 bucket. It runs laws of the contract and calls to the store, and speaks as much of S3 as s3Store does.
import { type R2, type R2Object, r2Store } from '@etag/concurrency/r2';
import { type Call, call, law } from './in-worker.ts';

interface Env {
  readonly BUCKET: R2;
}

export default {
  async fetch(request: Request, { BUCKET: bucket }: Env): Promise<Response> {
    const { pathname } = new URL(request.url);
    try {
      if (pathname === '/law') return await law(r2Store(bucket, { prefix: 'notes/' }), await request.text());
      if (pathname === '/call') {
        const store = r2Store(bucket, { prefix: 'proof/' });
        return Response.json(await call(store, (await request.json()) as Call));
      }
      return await s3(bucket, request, decodeURIComponent(pathname.replace(/^\/[^/]+\//, '')));
    } catch (error) {
      return new Response(String((error as Error).stack), { status: 500 });
    }
  },
};

/**
 * What S3 answers: R2 decides.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
 */
async function s3(bucket: R2, request: Request, name: string): Promise<Response> {
  if (request.method === 'PUT') return await put(bucket, request, name);
  const found = await bucket.get(name);
  if (!found) return failed(404, 'NoSuchKey');
  const headers = { etag: `"${found.etag}"`, ...metadata(found) };
  return new Response(request.method === 'HEAD' ? null : await found.text(), { headers });
}

async function put(bucket: R2, request: Request, name: string): Promise<Response> {
  const tag = request.headers.get('if-match');
  const deleted = request.headers.get('x-amz-meta-etag-deleted');
  const written = await bucket.put(name, await request.text(), {
    ...conditionOf(tag, request.headers.get('if-none-match')),
    httpMetadata: { contentType: 'application/json' },
    ...(deleted && { customMetadata: { 'etag-deleted': deleted } }),
  });
  if (written) return new Response(null, { headers: { etag: `"${written.etag}"` } });
  return tag && !(await bucket.head(name)) ? failed(404, 'NoSuchKey') : failed(412, 'PreconditionFailed');
}

function conditionOf(match: string | null, noneMatch: string | null) {
  if (match) return { onlyIf: { etagMatches: match.replaceAll('"', '') } };
  // Without a condition it overwrites, which the store never does.
  return noneMatch ? { onlyIf: { etagDoesNotMatch: noneMatch } } : { onlyIf: {} as { etagMatches: string } };
}

function metadata({ customMetadata = {} }: R2Object): Record<string, string> {
  const deleted = customMetadata['etag-deleted'];
  return deleted ? { 'x-amz-meta-etag-deleted': deleted } : {};
}

function failed(status: number, code: string): Response {
  const headers = { 'content-type': 'application/xml' };
  return new Response(`<?xml version="1.0"?><Error><Code>${code}</Code></Error>`, { status, headers });
}
