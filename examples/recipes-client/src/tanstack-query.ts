import type { Client } from '@etag/client';
import type { MutationObserverOptions, QueryClient, QueryObserverOptions } from '@tanstack/query-core';
import { readTagged, type Tagged, writeOver } from './tagged.ts';

/** What a mutation is given: the new content, and the tag of what it was made from. */
export interface Edit<T> {
  readonly content: T;
  readonly seen: string | null;
}

/** A query that keeps the tag with the content: `useQuery(resourceQuery(client, url))`. */
export function resourceQuery<T>(client: Client, url: string) {
  return {
    queryKey: [url],
    queryFn: ({ signal }) => readTagged<T>(client, url, signal),
  } satisfies QueryObserverOptions<Tagged<T>>;
}

/**
 * A mutation that overwrites nothing but what was seen: `useMutation(resourceMutation(queries, client, url))`. Its error is a
 * ConflictError when somebody else was first; the query then has what they wrote.
 */
export function resourceMutation<T>(queries: QueryClient, client: Client, url: string) {
  return {
    mutationFn: ({ content, seen }) => writeOver(client, url, content, seen),
    // A conflict that is tried again is a conflict again.
    retry: false,
    onSettled: () => queries.invalidateQueries({ queryKey: [url] }),
  } satisfies MutationObserverOptions<void, Error, Edit<T>>;
}
