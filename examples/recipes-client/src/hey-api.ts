import type { Client } from '@hey-api/client-fetch';
import { TagKeeper } from './tag-keeper.ts';

/** Guards each write of a generated client with the tag of the read before it. A 412 rejects with a ConflictError. */
export function useTags(client: Client): void {
  const tags = new TagKeeper();
  client.interceptors.request.use((request) => {
    tags.guard(request);
    return request;
  });
  client.interceptors.response.use((response, request) => {
    tags.learn(request, response);
    return response;
  });
}
