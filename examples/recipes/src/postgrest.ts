import type { VersionedStore, WriteFailure } from '@etag/concurrency';
import { postgresFailure } from '@etag/concurrency/postgres';
import type { PostgrestClient } from '@supabase/postgrest-js';
import { type ModelOptions, modelStore } from './model.ts';
import type { RowKey } from './row-key.ts';

// Not run against PostgREST, which cannot be had for the tests. They run it against a stand-in, which turns the requests
// of the real client into statements on a real PostgreSQL: `stand-ins/postgrest.ts` says what that shows and what not.

/**
 * A store on a table behind PostgREST, Supabase for one, that has an integer version. A write is one request with the
 * version in its filter, `PATCH /notes?id=eq.1&version=eq.7`, and so one statement.
 *
 * The client sends a write once. What it loses is what PostgreSQL loses. Row level security may hide a row that a write
 * has made: give the role a policy to SELECT what it writes.
 *
 * @param client - a `PostgrestClient`, or what `schema()` of a Supabase client gives
 * @param table - its name
 * @param options - how it names its key and its version
 */
export function postgrestStore<Row extends object, Value = Omit<Row, 'id' | 'version'>>(
  client: PostgrestClient,
  table: string,
  options: ModelOptions = {},
): VersionedStore<string, Value> {
  const { key: keyName = 'id', version: versionName = 'version' } = options;
  const rows = () => client.from(table);

  /** The filter of one row, of one version where it is named. */
  function only(key: RowKey, version: number | null): Record<string, RowKey> {
    return version === null ? { [keyName]: key } : { [keyName]: key, [versionName]: version };
  }

  const find = async (key: RowKey): Promise<Row | undefined> =>
    (await rows().select().match(only(key, null)).throwOnError()).data[0];

  return modelStore<Row, Value>(options, {
    find,
    async insert(row) {
      const upsert = rows().upsert(row, { onConflict: keyName, ignoreDuplicates: true });
      return (await upsert.select().throwOnError()).data[0];
    },
    async update(key, members, version) {
      // A request cannot say `version + 1`: where any version will do, it names the one that is current.
      const current = version ?? versionOf(await find(key));
      if (current === undefined) return null;
      const counted = { ...members, [versionName]: current + 1 };
      return (await rows().update(counted).match(only(key, current)).select().throwOnError()).data[0];
    },
    async remove(key, version) {
      return (await rows().delete().match(only(key, version)).select().throwOnError()).data.length > 0;
    },
    // A request is a transaction of its own.
    isInTransaction: () => false,
    failure: failureOf,
  });

  function versionOf(row: Row | undefined): number | undefined {
    return (row as Record<string, number> | undefined)?.[versionName];
  }
}

/** A code of PostgREST itself, which found fault with the request, or had no connection to send it on. */
const OF_POSTGREST = /^PGRST/;

/**
 * What an error says of a write: PostgREST passes on the code of PostgreSQL's error, without its severity.
 *
 * @see https://docs.postgrest.org/en/stable/references/errors.html
 */
function failureOf(error: unknown): WriteFailure {
  const { code } = Object(error) as { code?: unknown };
  if (OF_POSTGREST.test(`${code}`)) return 'failed';
  return postgresFailure(/^[0-9A-Z]{5}$/.test(`${code}`) ? { code, severity: 'ERROR' } : error);
}
