import type { Comparison } from '../measure.ts';
import { injected } from './injected.ts';

/** What one piece of work is: some code, a request without a socket, a request over one. */
export type Kind = 'code' | 'request' | 'socket';

interface Group {
  title: string;
  kind: Kind;
  load: () => Promise<{ comparisons: Comparison[] }>;
}

/** What there is to measure; loaded one by one, so that a process holds no more than it measures. */
export const groups = {
  evaluate: { title: 'Evaluating preconditions', kind: 'code', load: () => import('./evaluate.ts') },
  'http-date': { title: 'HTTP-dates', kind: 'code', load: () => import('./http-date.ts') },
  'content-tag': { title: 'Tags from content', kind: 'code', load: () => import('./content-tag.ts') },
  growth: { title: 'Cost as work grows', kind: 'code', load: () => import('./growth.ts') },
  hono: { title: 'Hono, in process', kind: 'request', load: () => import('./hono.ts') },
  fastify: {
    title: 'Fastify, in process',
    kind: 'request',
    async load() {
      const { framework } = await import('../apps/fastify.ts');
      return { comparisons: injected(framework, { ok: 0.92, notModified: 1.2, early: 13 }) };
    },
  },
  express: {
    title: 'Express, in process',
    kind: 'request',
    async load() {
      const { framework } = await import('../apps/express.ts');
      return { comparisons: injected(framework, { ok: 0.95, notModified: 1.2, early: 8 }) };
    },
  },
  koa: {
    title: 'Koa, in process',
    kind: 'request',
    async load() {
      const { framework } = await import('../apps/koa.ts');
      return { comparisons: injected(framework, { ok: 0.9, notModified: 1.15, early: 12 }) };
    },
  },
  nest: {
    title: 'Nest on Express, in process',
    kind: 'request',
    async load() {
      const { framework, bare } = await import('../apps/nest.ts');
      return { comparisons: injected(framework, { ok: 0.92, notModified: 1.1, early: 7 }, bare) };
    },
  },
  sockets: { title: 'Over sockets', kind: 'socket', load: () => import('./sockets.ts') },
} satisfies Record<string, Group>;

export type GroupName = keyof typeof groups;
