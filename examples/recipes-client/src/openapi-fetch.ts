import type { Middleware } from 'openapi-fetch';
import { TagKeeper } from './tag-keeper.ts';

/** Guards each write with the tag of the read before it: `api.use(etagMiddleware())`. A 412 rejects with a ConflictError. */
export function etagMiddleware(): Middleware {
  const tags = new TagKeeper();
  return {
    onRequest({ request }) {
      tags.guard(request);
      return request;
    },
    onResponse({ request, response }) {
      tags.learn(request, response);
      return undefined;
    },
  };
}
