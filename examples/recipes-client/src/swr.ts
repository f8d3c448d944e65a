import type { Client } from '@etag/client';
import useSWR, { type SWRResponse } from 'swr';
import { readTagged, type Tagged, writeOver } from './tagged.ts';

/** A resource as a component sees it. */
export interface Resource<T> extends Pick<SWRResponse<Tagged<T>, Error>, 'data' | 'error'> {
  /**
   * Writes over what the component was given, and reads again.
   *
   * @param seen - the tag of what the new content was made from: that of `data` when the edit began
   * @throws ConflictError when somebody else has written since; `data` is then what they wrote
   */
  save(content: T, seen: string | null): Promise<void>;
}

/** Reads a resource, and writes it guarded by the tag that came with it. */
export function useResource<T>(client: Client, url: string): Resource<T> {
  const { data, error, mutate } = useSWR<Tagged<T>, Error>(url, () => readTagged<T>(client, url));
  return {
    data,
    error,
    async save(content, seen) {
      try {
        await writeOver(client, url, content, seen);
      } finally {
        await mutate();
      }
    },
  };
}
