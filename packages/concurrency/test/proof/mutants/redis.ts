import { compareAndSetStore, type Versioned, type VersionedStore } from '@etag/concurrency';
import type { Redis } from 'ioredis';

/** What is wrong with each store: WATCH is of the connection, so on a shared one another request's EXEC ends it. */
export const mutants: Record<string, (client: Redis) => VersionedStore<string, unknown>> = {
  'WATCH on a shared connection': (client) => {
    const name = (key: string) => `mutant:${key}`;
    const get = async (key: string): Promise<Versioned<unknown> | null> => {
      const stored = await client.get(name(key));
      return stored === null ? null : (JSON.parse(stored) as Versioned<unknown>);
    };
    async function write<R>(
      key: string,
      fits: (current: Versioned<unknown> | null) => boolean,
      next: Versioned<unknown> | null,
      result: R,
    ) {
      await client.watch(name(key));
      const current = await get(key);
      if (!fits(current)) {
        await client.unwatch();
        return null;
      }
      const transaction = client.multi();
      if (next) transaction.set(name(key), JSON.stringify(next));
      else transaction.del(name(key));
      return (await transaction.exec()) ? result : null;
    }
    const versioned = (value: unknown) => ({ value, version: crypto.randomUUID() });
    return compareAndSetStore<string, unknown>({
      get,
      version: get,
      create(key, value) {
        const next = versioned(value);
        return write(key, (current) => current === null, next, next);
      },
      replace(key, value, version) {
        const next = versioned(value);
        return write(
          key,
          (current) => current !== null && (version ?? current.version) === current.version,
          next,
          next,
        );
      },
      async remove(key, version) {
        const fits = (current: Versioned<unknown> | null) =>
          current !== null && (version ?? current.version) === current.version;
        return (await write(key, fits, null, true)) ?? false;
      },
      failure: () => 'failed',
    });
  },
};
