import type { Comparison } from '../measure.ts';

interface Group {
  title: string;
  load: () => Promise<{ comparisons: Comparison[] }>;
}

/** What there is to measure; loaded one by one, so that a process holds no more than it measures. */
export const groups = {
  evaluate: { title: 'Evaluating preconditions', load: () => import('./evaluate.ts') },
  'http-date': { title: 'HTTP-dates', load: () => import('./http-date.ts') },
  'content-tag': { title: 'Tags from content', load: () => import('./content-tag.ts') },
  hono: { title: 'Hono, in process', load: () => import('./hono.ts') },
} satisfies Record<string, Group>;

export type GroupName = keyof typeof groups;
