import { compareAndSetStore, type VersionedStore, type WriteFailure } from '@etag/concurrency';
import type { PrismaClient } from '../prisma/generated/client.ts';
import { type Note, noteOf, rowOf } from './note.ts';

/**
 * Notes by Prisma.
 *
 * @param prisma - within `$transaction` the client that it gives, which makes the writes part of the transaction
 */
export function noteStore(prisma: Pick<PrismaClient, 'notes'>): VersionedStore<string, Note> {
  const find = async (id: string) => noteOf(await prisma.notes.findUnique({ where: { id } }));
  const only = (id: string, version: string | null) => (version === null ? { id } : { id, version });
  return compareAndSetStore({
    get: find,
    version: find,
    async create(id, note) {
      const rows = await prisma.notes.createManyAndReturn({ data: rowOf(id, note), skipDuplicates: true });
      return noteOf(rows[0]);
    },
    // Not update(), which reads the row before it writes it.
    async replace(id, note, version) {
      const rows = await prisma.notes.updateManyAndReturn({ where: only(id, version), data: rowOf(id, note) });
      return noteOf(rows[0]);
    },
    async remove(id, version) {
      return (await prisma.notes.deleteMany({ where: only(id, version) })).count > 0;
    },
    // The client of a transaction has no connection to make or to end.
    isInTransaction: () => typeof (prisma as Partial<PrismaClient>).$connect !== 'function',
    failure: failureOf,
  });
}

/** @see https://www.prisma.io/docs/orm/reference/error-reference#error-codes */
function failureOf(error: unknown): WriteFailure {
  const { code } = Object(error) as { code?: unknown };
  if (code === 'P2034') return 'conflict';
  // P1xxx are of the connection; P2024 is of the pool, before anything was sent.
  return /^P2/.test(`${code}`) ? 'failed' : 'unknown';
}
