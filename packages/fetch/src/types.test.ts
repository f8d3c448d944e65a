import { expectTypeOf, it } from 'vitest';
import { etag, type Handler, precondition } from './index.ts';

/** As `NextRequest` of Next. */
class NextRequest extends Request {
  readonly nextUrl = new URL(this.url);
}

interface Context {
  readonly params: Promise<{ id: string }>;
}

type Route = (request: NextRequest, context: Context) => Response | Promise<Response>;

it('fits a route handler of Next, request and context', () => {
  const show: Route = async (request, { params }) => Response.json({ id: (await params).id, url: request.nextUrl });
  const GET = etag(show);
  const early = etag(show, {
    current: (request, { params }) => {
      expectTypeOf(request).toEqualTypeOf<NextRequest>();
      expectTypeOf(params).toEqualTypeOf<Promise<{ id: string }>>();
      return null;
    },
  });
  const PUT = precondition(show, {
    current: async (request, { params }) => {
      expectTypeOf(request.nextUrl).toEqualTypeOf<URL>();
      return { etag: `"${(await params).id}"` };
    },
  });
  expectTypeOf(GET).toExtend<Route>();
  expectTypeOf(early).toExtend<Route>();
  expectTypeOf(PUT).toExtend<Route>();
});

it('knows the request of a handler that does not name it, and takes one without parameters', () => {
  const handler = etag((request) => new Response(request.url));
  expectTypeOf(handler).toExtend<Handler>();
  expectTypeOf(etag(() => new Response())).toExtend<Handler>();
  expectTypeOf(etag((request: Request, env: { KEY: string }) => new Response(request.url + env.KEY))).toEqualTypeOf<
    (request: Request, env: { KEY: string }) => Promise<Response>
  >();
});

it('takes no unquoted tag', () => {
  // @ts-expect-error: an entity tag stands in quotes
  etag(() => new Response(), { current: () => ({ etag: 'v1' }) });
});
