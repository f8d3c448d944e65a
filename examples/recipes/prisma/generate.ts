import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const SCHEMAS = ['prisma/schema.prisma', 'prisma/sqlite/schema.prisma'];

/** Generates a client for each of the schemas. */
export function generatePrismaClients(): void {
  // Only migrations want Prisma's engine, and it would be fetched.
  const env = { ...process.env, PRISMA_SCHEMA_ENGINE_BINARY: '/bin/true', CHECKPOINT_DISABLE: '1' };
  const cwd = fileURLToPath(new URL('..', import.meta.url));
  for (const schema of SCHEMAS)
    execFileSync('node_modules/.bin/prisma', ['generate', '--schema', schema], { cwd, env });
}

if (import.meta.main) generatePrismaClients();
