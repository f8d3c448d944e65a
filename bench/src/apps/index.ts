import type { Framework } from './app.ts';

/** The frameworks that are served over sockets. */
export const frameworks = {
  hono: () => import('./hono.ts'),
  koa: () => import('./koa.ts'),
  fastify: () => import('./fastify.ts'),
  express: () => import('./express.ts'),
} satisfies Record<string, () => Promise<{ framework: Framework }>>;

export type FrameworkName = keyof typeof frameworks;
